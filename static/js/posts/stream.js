// The conversation: posts under their topics, in order; one reads back undisturbed.

import { plural } from "tt/state/text";
import { part, stamp, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */

const CLOSE = 48;
const FOUND_FOR = 2500;

export class Stream {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("tt/posts/renderer").PostRenderer} options.pen
   */
  constructor(root, { pen }) {
    this.pen = pen;
    this.scroller = part(root, "stream");
    this.below = part(root, "below");
    this.pending = part(root, "pending");
    /** @type {Map<number, HTMLElement>} */
    this.drawn = new Map();
    /** Which posts answer a post. @type {Map<number, Set<number>>} */
    this.answers = new Map();
    /** @type {HTMLElement | null} */
    this.found = null;
    this.last = 0;
    this.isStuck = true;
    this.unread = 0;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.below.addEventListener("click", () => {
      this.toEnd();
      this.scroller.focus({ preventScroll: true });
    });
    const sizes = new ResizeObserver(() => this.isStuck && this.toEnd());
    for (const element of [this.scroller, ...this.scroller.children]) sizes.observe(element);
  }

  /**
   * Draw what is new and what changed.
   * @param {Post[]} posts
   * @param {{ reset?: boolean }} [options] reset: what was drawn before is void
   * @returns {number} how many are new
   */
  draw(posts, { reset = false } = {}) {
    if (reset) {
      for (const element of this.drawn.values()) element.remove();
      this.drawn.clear();
      this.answers.clear();
      this.last = 0;
    }
    const isLive = this.scroller.ariaBusy === "false";
    let added = 0;
    for (const post of posts) {
      const known = this.drawn.get(post.seq);
      if (known) {
        this.pen.fill(known, post);
        continue;
      }
      const element = this.pen.fill(stamp("post-pattern"), post);
      if (isLive && this.isStuck) element.classList.add("new");
      this.place(post, element);
      added += 1;
    }
    this.quote(posts);
    if (this.isStuck) this.toEnd();
    else if (isLive) this.count(this.unread + added);
    return added;
  }

  /**
   * @param {Post} post
   * @param {HTMLElement} element
   */
  place(post, element) {
    this.drawn.set(post.seq, element);
    const round = this.round(post.topic);
    round.hidden = false;
    part(round, "quiet").hidden = true;
    if (post.seq > this.last) {
      this.last = post.seq;
      round.append(element);
      return;
    }
    const later = [...round.querySelectorAll("article")].find(
      (one) => Number(one.id.slice(1)) > post.seq,
    );
    round.insertBefore(element, later ?? null);
  }

  /** What quotes these posts says what they are now. @param {Post[]} posts */
  quote(posts) {
    for (const { seq, reply_to } of posts) {
      if (reply_to === undefined) continue;
      const answers = this.answers.get(reply_to) ?? new Set();
      this.answers.set(reply_to, answers.add(seq));
    }
    const quoting = posts.flatMap(({ seq }) => [...(this.answers.get(seq) ?? [])]);
    for (const seq of new Set(quoting)) {
      const [element, post] = [this.drawn.get(seq), this.pen.find(seq)];
      if (element && post) this.pen.quote(element, post);
    }
  }

  /** Reactions of our own that the room has not confirmed yet. @param {Post} post */
  react(post) {
    const element = this.drawn.get(post.seq);
    if (element) this.pen.react(element, post);
  }

  /** @param {boolean} mayReact */
  let(mayReact) {
    if (this.pen.mayReact === mayReact) return;
    this.pen.mayReact = mayReact;
    for (const chip of this.scroller.querySelectorAll(".chip")) {
      /** @type {HTMLButtonElement} */ (chip).disabled = !mayReact;
    }
  }

  /**
   * Lead the eye to a post.
   * @param {number} seq
   * @returns {HTMLElement | undefined}
   */
  show(seq) {
    const element = this.drawn.get(seq);
    if (!element) return undefined;
    this.isStuck = false;
    element.scrollIntoView({ block: "center" });
    // What was not drawn before has its true height only now.
    requestAnimationFrame(() => element.scrollIntoView({ block: "center" }));
    this.found?.classList.remove("found");
    this.found = element;
    element.classList.add("found");
    setTimeout(() => element.classList.remove("found"), FOUND_FOR);
    return element;
  }

  /** A topic's place is there before its first post. @param {number | null} topic the one that is on */
  open(topic) {
    for (const one of [1, 2, 3]) {
      const round = this.round(one);
      round.hidden = one !== topic && !round.querySelector("article");
    }
    if (this.isStuck) this.toEnd();
  }

  /** From now on what comes is new, and is read out. */
  live() {
    this.scroller.ariaBusy = "false";
  }

  /** @param {number} topic */
  round(topic) {
    return /** @type {HTMLElement} */ (this.scroller.querySelector(`[data-round="${topic}"]`));
  }

  /** Somebody has something open in a post: it stays where it is. @param {boolean} isHeld */
  hold(isHeld) {
    if (isHeld) this.isStuck = false;
    else this.scrolled();
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.isStuck = scrollHeight - scrollTop - clientHeight < CLOSE;
    if (this.isStuck) this.count(0);
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.isStuck = true;
    this.count(0);
  }

  /** @param {number} unread */
  count(unread) {
    this.unread = unread;
    this.below.hidden = unread === 0;
    if (unread) write(this.below, `${plural(unread, "new post")} below ↓`);
  }
}
