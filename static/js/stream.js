// The conversation: posts under their topics, in order; one reads back undisturbed.

import { drawFace, part, stamp, write } from "tt/dom";
import { plural } from "tt/text";

/** @typedef {import("tt/frames").Post} Post */

const CLOSE = 48;
const GONE = { removed: "Removed by its author.", hidden: "Hidden by the curator." };

export class Stream {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("tt/times").Times} options.times
   */
  constructor(root, { times }) {
    this.times = times;
    this.scroller = part(root, "stream");
    this.below = part(root, "below");
    this.pending = part(root, "pending");
    /** @type {Map<number, HTMLElement>} */
    this.drawn = new Map();
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
      this.last = 0;
    }
    const isLive = this.scroller.ariaBusy === "false";
    let added = 0;
    for (const post of posts) {
      const known = this.drawn.get(post.seq);
      if (known) {
        this.fill(known, post);
        continue;
      }
      const element = this.fill(stamp("post-pattern"), post);
      if (isLive && this.isStuck) element.classList.add("new");
      this.place(post, element);
      added += 1;
    }
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

  /**
   * @param {HTMLElement} element
   * @param {Post} post
   */
  fill(element, post) {
    element.id = `p${post.seq}`;
    drawFace(part(element, "face"), post.author);
    const who = part(element, "who");
    write(who, post.author.name);
    if (post.author.team) who.title = post.author.team;
    part(element, "host").hidden = !post.author.host;
    const at = part(element, "at");
    write(at, this.times.time(post.at));
    at.setAttribute("datetime", post.at);
    const body = part(element, "body");
    body.classList.toggle("gone", post.state !== "shown");
    if (post.state === "shown") body.innerHTML = post.html;
    else write(body, GONE[post.state]);
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
