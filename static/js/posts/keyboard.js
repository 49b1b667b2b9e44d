// The conversation by keyboard: it is one tab stop, and the arrow keys go from post to post. Links
// and reactions can be reached by Tab from their own post only.

import { actionOf } from "tt/posts/actions";
import { articleOf } from "tt/posts/toolbar";
import { isTyping, part } from "tt/ui/dom";

/** @typedef {import("tt/posts/actions").Action} Action */
/** @typedef {import("tt/connection/frames").Post} Post */

const INSIDE = "a[href], button.chip, summary";

export class Keyboard {
  #stream;
  #postOf;
  #actionsFor;
  #perform;
  #leave;
  /** @type {HTMLElement | null} */
  #current = null;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {(article: HTMLElement) => Post | undefined} options.postOf
   * @param {(post: Post) => Action[]} options.actionsFor
   * @param {(action: Action, article: HTMLElement, anchor: HTMLElement) => void} options.perform
   * @param {() => void} options.leave back to the composer
   */
  constructor(root, { postOf, actionsFor, perform, leave }) {
    this.#stream = part(root, "stream");
    this.#postOf = postOf;
    this.#actionsFor = actionsFor;
    this.#perform = perform;
    this.#leave = leave;
    this.#stream.addEventListener("focusin", ({ target }) => {
      const article = articleOf(target);
      if (article) this.#setTabStop(article);
    });
    this.#stream.addEventListener("keydown", (event) => this.#handleKey(event));
  }

  /**
   * Posts were rendered: take their contents out of the tab order, and make the newest post the tab
   * stop, unless the focus is in the conversation.
   * @param {Iterable<HTMLElement>} articles
   */
  updateTabStops(articles) {
    for (const article of articles) {
      if (article.ariaLabel) this.#describePost(article);
      if (article !== this.#current) reach(article, false);
    }
    if (this.#current?.isConnected && this.#stream.contains(document.activeElement)) {
      reach(this.#current, true);
      return;
    }
    const all = this.#articles;
    const last = all[all.length - 1];
    if (last) this.#setTabStop(last);
    else this.#stream.tabIndex = 0;
  }

  get #articles() {
    return /** @type {NodeListOf<HTMLElement>} */ (
      this.#stream.querySelectorAll("[data-round] article")
    );
  }

  /** Make this post the tab stop. @param {HTMLElement} article */
  #setTabStop(article) {
    if (this.#current && this.#current !== article) {
      this.#current.tabIndex = -1;
      reach(this.#current, false);
    }
    this.#current = article;
    this.#stream.tabIndex = -1;
    article.tabIndex = 0;
    this.#describePost(article);
    reach(article, true);
  }

  /** @param {HTMLElement} article */
  focusPost(article) {
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "nearest" });
  }

  /** A label, so that a screen reader reads the post without its buttons. @param {HTMLElement} article */
  #describePost(article) {
    const text = (/** @type {string} */ name) => {
      const element = article.querySelector(`[data-part="${name}"]:not([hidden])`);
      return element?.textContent?.replace(/\s+/g, " ").trim() ?? "";
    };
    const answered = text("re") && `in reply to ${text("re")}`;
    const head = [text("who"), text("host"), text("at"), text("marks"), text("for-me"), answered];
    const reactions = [...article.querySelectorAll(".chip")].map((chip) => chip.textContent);
    const words = [head.filter(Boolean).join(", "), text("body"), reactions.join(", ")];
    article.ariaLabel = words.filter(Boolean).join(". ");
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") {
      event.preventDefault();
      const article = articleOf(target);
      // Escape leads from inside a post to the post, and from the post to the composer.
      if (article && article !== target) this.focusPost(article);
      else this.#leave();
      return;
    }
    const article = articleOf(target);
    // Keys work on a post's links, reactions and buttons as on the post; but not in a form.
    if (!article || isTyping(target) || inForm(target)) return;
    const next = this.#nextPost(article, key);
    const action = this.#actionFor(article, key);
    if (!next && !action) return;
    event.preventDefault();
    if (next) this.focusPost(next);
    if (action) this.#perform(action, article, /** @type {HTMLElement} */ (target));
  }

  /**
   * @param {HTMLElement} article
   * @param {string} key
   */
  #nextPost(article, key) {
    const all = [...this.#articles];
    const at = all.indexOf(article);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key];
    if (to === undefined) return null;
    return all[Math.max(0, Math.min(all.length - 1, to))] ?? null;
  }

  /**
   * @param {HTMLElement} article
   * @param {string} key
   */
  #actionFor(article, key) {
    const post = this.#postOf(article);
    return post ? actionOf(key, this.#actionsFor(post)) : null;
  }
}

/** @param {EventTarget | null} target */
function inForm(target) {
  return target instanceof Element && target.closest("form") !== null;
}

/**
 * @param {HTMLElement} article
 * @param {boolean} isReached
 */
function reach(article, isReached) {
  for (const inside of /** @type {NodeListOf<HTMLElement>} */ (article.querySelectorAll(INSIDE))) {
    if (isReached) inside.removeAttribute("tabindex");
    else inside.tabIndex = -1;
  }
}
