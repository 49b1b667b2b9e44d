// The conversation by keyboard: one tab stop, arrows from post to post. What is in a post (links,
// reactions) can be reached by Tab from that post, and from no other.

import { actionOf } from "tt/posts/actions";
import { articleOf } from "tt/posts/toolbar";
import { isTyping, part } from "tt/ui/dom";

/** @typedef {import("tt/posts/actions").Action} Action */
/** @typedef {import("tt/connection/frames").Post} Post */

const INSIDE = "a[href], button.chip, summary";

export class Keyboard {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {(article: HTMLElement) => Post | undefined} options.postOf
   * @param {(post: Post) => Action[]} options.offered
   * @param {(action: Action, article: HTMLElement, anchor: HTMLElement) => void} options.act
   * @param {() => void} options.leave back to the composer
   */
  constructor(root, { postOf, offered, act, leave }) {
    this.stream = part(root, "stream");
    this.postOf = postOf;
    this.offered = offered;
    this.act = act;
    this.leave = leave;
    /** @type {HTMLElement | null} */
    this.current = null;
    this.stream.addEventListener("focusin", ({ target }) => {
      const article = articleOf(target);
      if (article) this.stand(article);
    });
    this.stream.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * Posts were drawn: what is in them is not in the way of Tab, and the way in leads to the newest
   * one, unless somebody is reading.
   * @param {Iterable<HTMLElement>} articles
   */
  drew(articles) {
    for (const article of articles) {
      if (article.ariaLabel) this.describe(article);
      if (article !== this.current) reach(article, false);
    }
    if (this.current?.isConnected && this.stream.contains(document.activeElement)) {
      reach(this.current, true);
      return;
    }
    const all = this.articles;
    const last = all[all.length - 1];
    if (last) this.stand(last);
    else this.stream.tabIndex = 0;
  }

  get articles() {
    return /** @type {NodeListOf<HTMLElement>} */ (
      this.stream.querySelectorAll("[data-round] article")
    );
  }

  /** This post is the tab stop. @param {HTMLElement} article */
  stand(article) {
    if (this.current && this.current !== article) {
      this.current.tabIndex = -1;
      reach(this.current, false);
    }
    this.current = article;
    this.stream.tabIndex = -1;
    article.tabIndex = 0;
    this.describe(article);
    reach(article, true);
  }

  /** @param {HTMLElement} article */
  focus(article) {
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "nearest" });
  }

  /** A screen reader says the post and not the buttons at it. @param {HTMLElement} article */
  describe(article) {
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
  key(event) {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") {
      event.preventDefault();
      const article = articleOf(target);
      // From inside a post to the post, from the post to the composer.
      if (article && article !== target) this.focus(article);
      else this.leave();
      return;
    }
    const article = articleOf(target);
    // In a post, at its links, reactions and buttons, the keys do what they do at the post; but not
    // in a form that is open in it.
    if (!article || isTyping(target) || inForm(target)) return;
    const next = this.next(article, key);
    const action = this.action(article, key);
    if (!next && !action) return;
    event.preventDefault();
    if (next) this.focus(next);
    if (action) this.act(action, article, /** @type {HTMLElement} */ (target));
  }

  /**
   * @param {HTMLElement} article
   * @param {string} key
   */
  next(article, key) {
    const all = [...this.articles];
    const at = all.indexOf(article);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key];
    if (to === undefined) return null;
    return all[Math.max(0, Math.min(all.length - 1, to))] ?? null;
  }

  /**
   * @param {HTMLElement} article
   * @param {string} key
   */
  action(article, key) {
    const post = this.postOf(article);
    return post ? actionOf(key, this.offered(post)) : null;
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
