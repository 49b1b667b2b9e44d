// The conversation: posts under their topics, in order. It follows new posts only while its end is
// in view.

import { topicPositions } from "tt/state/law";
import { plural } from "tt/state/text";
import { part, stamp, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */

const CLOSE = 48;
const FOUND_FOR = 2500;

export class Stream {
  #renderer;
  #scroller;
  #below;
  /** @type {Map<number, HTMLElement>} */
  #articles = new Map();
  /** Which posts answer a post. @type {Map<number, Set<number>>} */
  #answers = new Map();
  /** @type {HTMLElement | null} */
  #found = null;
  #last = 0;
  #isStuck = true;
  #unread = 0;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("tt/posts/renderer").PostRenderer} options.renderer
   */
  constructor(root, { renderer }) {
    this.#renderer = renderer;
    this.#scroller = part(root, "stream");
    this.#below = part(root, "below");
    this.#scroller.addEventListener("scroll", () => this.#handleScroll(), { passive: true });
    this.#below.addEventListener("click", () => {
      this.scrollToEnd();
      this.#scroller.focus({ preventScroll: true });
    });
    const sizes = new ResizeObserver(() => this.#isStuck && this.scrollToEnd());
    for (const element of [this.#scroller, ...this.#scroller.children]) sizes.observe(element);
  }

  /**
   * Render new and changed posts.
   * @param {Post[]} posts
   * @param {{ reset?: boolean }} [options] reset: remove everything rendered before
   * @returns {number} how many are new
   */
  renderPosts(posts, { reset = false } = {}) {
    if (reset) {
      for (const element of this.#articles.values()) element.remove();
      this.#articles.clear();
      this.#answers.clear();
      this.#last = 0;
    }
    const isLive = this.#scroller.ariaBusy === "false";
    let added = 0;
    for (const post of posts) {
      const known = this.#articles.get(post.seq);
      if (known) {
        this.#renderer.renderPost(known, post);
        continue;
      }
      const element = this.#renderer.renderPost(stamp("post-pattern"), post);
      if (isLive && this.#isStuck) element.classList.add("new");
      this.#placePost(post, element);
      added += 1;
    }
    this.#renderQuotes(posts);
    if (this.#isStuck) this.scrollToEnd();
    else if (isLive) this.#showUnread(this.#unread + added);
    return added;
  }

  /**
   * @param {Post} post
   * @param {HTMLElement} element
   */
  #placePost(post, element) {
    this.#articles.set(post.seq, element);
    const round = this.#roundOf(post.topic);
    round.hidden = false;
    part(round, "quiet").hidden = true;
    if (post.seq > this.#last) {
      this.#last = post.seq;
      round.append(element);
      return;
    }
    const later = [...round.querySelectorAll("article")].find(
      (one) => Number(one.id.slice(1)) > post.seq,
    );
    round.insertBefore(element, later ?? null);
  }

  /** Render the quotes of these posts again. @param {Post[]} posts */
  #renderQuotes(posts) {
    for (const { seq, reply_to } of posts) {
      if (reply_to === undefined) continue;
      const answers = this.#answers.get(reply_to) ?? new Set();
      this.#answers.set(reply_to, answers.add(seq));
    }
    const quoting = posts.flatMap(({ seq }) => [...(this.#answers.get(seq) ?? [])]);
    for (const seq of new Set(quoting)) {
      const [element, post] = [this.#articles.get(seq), this.#renderer.findPost(seq)];
      if (element && post) this.#renderer.renderQuote(element, post);
    }
  }

  /** Render reactions that the room has not confirmed yet. @param {Post} post */
  renderReactions(post) {
    const element = this.#articles.get(post.seq);
    if (element) this.#renderer.renderReactions(element, post);
  }

  /** @param {boolean} mayReact */
  allowReactions(mayReact) {
    if (this.#renderer.mayReact === mayReact) return;
    this.#renderer.mayReact = mayReact;
    for (const chip of this.#scroller.querySelectorAll(".chip")) {
      /** @type {HTMLButtonElement} */ (chip).disabled = !mayReact;
    }
  }

  /**
   * Scroll to a post and mark it for a moment.
   * @param {number} seq
   * @returns {HTMLElement | undefined}
   */
  showPost(seq) {
    const element = this.#articles.get(seq);
    if (!element) return undefined;
    this.#isStuck = false;
    element.scrollIntoView({ block: "center" });
    // Elements that were not painted before have their true height only now.
    requestAnimationFrame(() => element.scrollIntoView({ block: "center" }));
    this.#found?.classList.remove("found");
    this.#found = element;
    element.classList.add("found");
    setTimeout(() => element.classList.remove("found"), FOUND_FOR);
    return element;
  }

  /** The element of a post, once it is rendered. @param {number} seq */
  articleOf(seq) {
    return this.#articles.get(seq);
  }

  /** Show the section of a topic before its first post. @param {number | null} topic the one that is on */
  openTopic(topic) {
    for (const one of topicPositions()) {
      const round = this.#roundOf(one);
      round.hidden = one !== topic && !round.querySelector("article");
    }
    if (this.#isStuck) this.scrollToEnd();
  }

  /** From now on, posts that come are new. */
  startLive() {
    this.#scroller.ariaBusy = "false";
  }

  /** @param {number} topic */
  #roundOf(topic) {
    return /** @type {HTMLElement} */ (this.#scroller.querySelector(`[data-round="${topic}"]`));
  }

  /** Stop following new posts while a form is open in a post. @param {boolean} isHeld */
  holdScroll(isHeld) {
    if (isHeld) this.#isStuck = false;
    else this.#handleScroll();
  }

  #handleScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#isStuck = scrollHeight - scrollTop - clientHeight < CLOSE;
    if (this.#isStuck) this.#showUnread(0);
  }

  scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#isStuck = true;
    this.#showUnread(0);
  }

  /** @param {number} unread */
  #showUnread(unread) {
    this.#unread = unread;
    this.#below.hidden = unread === 0;
    if (unread) write(this.#below, `${plural(unread, "new post")} below ↓`);
  }
}
