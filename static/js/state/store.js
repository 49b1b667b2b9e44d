// The posts of the room that this tab has, and their revision. Knows no DOM.

import { topicPositions } from "tt/state/law";

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {import("tt/connection/frames").Own} Own */

/**
 * `changed` are the posts to render; `reset` says to remove everything rendered before.
 * @typedef {{ changed: Post[], reset: boolean }} Change
 */

export class Store {
  /** The personal parts of posts, which may come before the posts. @type {Map<number, Own>} */
  #own = new Map();

  constructor() {
    this.rev = 0;
    /** @type {Map<number, Post>} */
    this.posts = new Map();
  }

  /**
   * Apply the answer to a hello. An answer with all posts since 0 replaces everything.
   * @param {{ after: number, rev: number, posts: Post[] }} welcome
   * @returns {Change | null} null if we missed something, so say hello again
   */
  applyWelcome({ after, rev, posts }) {
    const reset = after === 0;
    if (reset) {
      this.posts.clear();
      this.#own.clear();
      this.rev = 0;
    }
    // A welcome has everything personal about its posts, so what is absent no longer holds.
    for (const { seq, rev: at, mine } of posts) {
      if (!mine && (this.#own.get(seq)?.rev ?? 0) <= at) this.#own.delete(seq);
    }
    const changed = this.applyPosts(after, rev, posts);
    return changed && { changed, reset };
  }

  /**
   * Apply all changes after `since`, up to `rev`.
   * @param {number} since
   * @param {number} rev
   * @param {Post[]} posts
   * @returns {Post[] | null} the posts that changed; null if we missed something
   */
  applyPosts(since, rev, posts) {
    if (this.rev < since) return null;
    const changed = posts.filter((post) => post.rev > (this.posts.get(post.seq)?.rev ?? 0));
    for (const post of changed) this.posts.set(post.seq, this.#mergeOwn(post));
    this.rev = Math.max(this.rev, rev);
    return changed.map((post) => /** @type {Post} */ (this.posts.get(post.seq)));
  }

  /**
   * Apply what only we see of some posts.
   * @param {Own[]} own
   * @returns {Post[]} the posts that changed
   */
  applyOwn(own) {
    const changed = [];
    for (const one of own) {
      if (one.rev < (this.#own.get(one.seq)?.rev ?? 0)) continue;
      this.#own.set(one.seq, one);
      const post = this.posts.get(one.seq);
      if (!post) continue;
      const merged = withOwn(post, one);
      this.posts.set(one.seq, merged);
      changed.push(merged);
    }
    return changed;
  }

  /**
   * Whether the room has a newer revision, and a frame was lost.
   * @param {number} rev the room's revision, from a pulse
   */
  isBehind(rev) {
    return this.rev < rev;
  }

  /** The number of posts that are shown, by topic. */
  countPosts() {
    const counts = new Map(topicPositions().map((topic) => [topic, 0]));
    for (const { topic, state } of this.posts.values()) {
      if (state === "shown") counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
    return counts;
  }

  /** The people who posted, in the order of their first posts. */
  listAuthors() {
    const authors = new Map();
    for (const seq of [...this.posts.keys()].sort((a, b) => a - b)) {
      const author = /** @type {Post} */ (this.posts.get(seq)).author;
      if (!authors.has(author.id)) authors.set(author.id, author);
    }
    return [...authors.values()];
  }

  /**
   * Add what is personal about a post. A welcome has it; otherwise it comes in a frame of its own.
   * @param {Post} post as it arrived
   * @returns {Post}
   */
  #mergeOwn(post) {
    const { seq, rev, body, was, mine } = post;
    if (mine) {
      this.#own.set(seq, { seq, rev, body, was, mine });
      return post;
    }
    const own = this.#own.get(seq);
    return own ? withOwn(post, own) : post;
  }
}

/**
 * @param {Post} post
 * @param {Own} own
 * @returns {Post}
 */
function withOwn(post, { body, was, mine }) {
  // The text of a post that was removed or hidden is dropped here too.
  return post.state === "shown" ? { ...post, body, was, mine } : post;
}
