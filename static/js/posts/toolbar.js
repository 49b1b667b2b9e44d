// The toolbar with a post's actions, and its menu. There is one for all posts: it is at the post
// under the pointer, or at the one that has the focus.

import { keyOf, labelOf } from "tt/posts/actions";
import { make, part, stamp } from "tt/ui/dom";
import { Popover, step } from "tt/ui/popover";

/** @typedef {import("tt/posts/actions").Action} Action */

export class Toolbar {
  #stream;
  #postOf;
  #actionsFor;
  #perform;
  #element;
  #menu;
  #popover;
  /** @type {HTMLElement | null} */
  #article = null;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {(article: HTMLElement) => import("tt/connection/frames").Post | undefined} options.postOf
   * @param {(post: import("tt/connection/frames").Post) => Action[]} options.actionsFor
   * @param {(action: Action, article: HTMLElement, anchor: HTMLElement) => void} options.perform
   */
  constructor(root, { postOf, actionsFor, perform }) {
    this.#stream = part(root, "stream");
    this.#postOf = postOf;
    this.#actionsFor = actionsFor;
    this.#perform = perform;
    this.#element = stamp("bar-pattern");
    this.#menu = part(root, "menu");
    this.#popover = new Popover(this.#menu);
    this.#stream.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse") this.#moveTo(articleOf(event.target));
    });
    this.#stream.addEventListener("pointerleave", () =>
      this.#moveTo(articleOf(document.activeElement)),
    );
    this.#stream.addEventListener("focusin", ({ target }) => this.#moveTo(articleOf(target)));
    this.#stream.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.#stream.contains(/** @type {Node | null} */ (relatedTarget))) this.#hide();
    });
    // Keys act on the post that has the focus, so the toolbar must be there.
    this.#stream.addEventListener("keydown", ({ target }) => this.#moveTo(articleOf(target)), true);
    this.#element.addEventListener("click", (event) => this.#handleClick(event));
    this.#menu.addEventListener("click", ({ target }) => this.#chooseItem(buttonOf(target)));
    this.#menu.addEventListener("keydown", (event) => this.#handleKey(event));
  }

  /** @param {HTMLElement | null} article */
  #moveTo(article) {
    if (this.#isHeld || (article === this.#article && this.#element.isConnected)) return;
    const post = article && this.#postOf(article);
    const offered = post ? this.#actionsFor(post) : [];
    // The focus must not be lost when the toolbar moves.
    if (this.#element.contains(document.activeElement))
      this.#article?.focus({ preventScroll: true });
    this.#element.remove();
    this.#article?.classList.remove("has-toolbar");
    this.#article = offered.length > 0 ? article : null;
    if (!this.#article) return;
    for (const button of this.#element.querySelectorAll("button")) {
      const isMore = button.value === "more";
      button.hidden = isMore ? others(offered).length === 0 : !offered.includes(asAction(button));
    }
    this.#article.append(this.#element);
    this.#article.classList.add("has-toolbar");
  }

  /** The offered actions may have changed. */
  refresh() {
    const article = this.#article;
    if (!article || this.#isHeld || this.#element.contains(document.activeElement)) return;
    article.classList.remove("has-toolbar");
    this.#article = null;
    this.#moveTo(article.isConnected ? article : null);
  }

  /** Whether the toolbar must stay: a popover is open, or it has the keyboard's focus. */
  get #isHeld() {
    if (!this.#element.isConnected) return false;
    const isOpen = document.querySelector("[popover]:not([role=tooltip]):popover-open") !== null;
    return isOpen || this.#element.querySelector(":focus-visible") !== null;
  }

  #hide() {
    if (!this.#isHeld && !this.#stream.matches(":hover")) this.#moveTo(null);
  }

  /** @param {Event} event */
  #handleClick({ target }) {
    const button = buttonOf(target);
    const article = this.#article;
    if (!button || !article) return;
    if (button.value !== "more") this.#perform(asAction(button), article, button);
    else if (this.#popover.isOpen) this.#popover.close({ back: true });
    else this.#openMenu(button, article);
  }

  /**
   * @param {HTMLElement} anchor
   * @param {HTMLElement} article
   */
  #openMenu(anchor, article) {
    const post = this.#postOf(article);
    if (!post) return;
    this.#menu.replaceChildren(
      ...others(this.#actionsFor(post)).map((action) => {
        const item = /** @type {HTMLButtonElement} */ (make("button", ""));
        item.type = "button";
        item.value = action;
        item.tabIndex = -1;
        item.setAttribute("role", "menuitem");
        item.append(make("bdi", labelOf(action, post)));
        const key = keyOf(action);
        if (!key) return item;
        const hint = make("kbd", key === "Delete" ? "Del" : key);
        hint.setAttribute("aria-hidden", "true");
        item.setAttribute("aria-keyshortcuts", key);
        item.append(hint);
        return item;
      }),
    );
    this.#popover.open(anchor, /** @type {HTMLElement} */ (this.#menu.firstElementChild));
  }

  /** @param {HTMLButtonElement | null} item */
  #chooseItem(item) {
    const article = this.#article;
    if (!item || !article) return;
    this.#popover.close({ back: true });
    this.#perform(asAction(item), article, article);
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.key === "Tab") this.#popover.close({ back: true });
    else step(event, /** @type {HTMLElement[]} */ ([...this.#menu.children]));
  }
}

/** The actions that are in the menu. @param {Action[]} offered */
function others(offered) {
  return offered.filter((action) => action !== "react" && action !== "reply");
}

/** @param {HTMLButtonElement} button */
function asAction(button) {
  return /** @type {Action} */ (button.value);
}

/** The post of the conversation around an element. @param {EventTarget | null} target @returns {HTMLElement | null} */
export function articleOf(target) {
  return target instanceof Element ? target.closest("[data-round] article") : null;
}

/** @param {EventTarget | null} target */
export function buttonOf(target) {
  return target instanceof Element ? target.closest("button") : null;
}
