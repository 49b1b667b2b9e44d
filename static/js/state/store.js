// What this tab holds of the room: posts by seq, and the revision that they are at. Knows no DOM.

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {import("tt/connection/frames").Own} Own */

/**
 * `changed` are the posts to draw (anew); `reset` says that everything drawn before is void.
 * @typedef {{ changed: Post[], reset: boolean }} Change
 */

export class Store {
  /** What is personal about posts, which may come before them. @type {Map<number, Own>} */
  #own = new Map();

  constructor() {
    this.rev = 0;
    /** @type {Map<number, Post>} */
    this.posts = new Map();
  }

  /**
   * The answer to a hello. One that leads on from 0 replaces everything.
   * @param {{ after: number, rev: number, posts: Post[] }} welcome
   * @returns {Change | null} null: it leads on from more than we hold, so ask again
   */
  applyWelcome({ after, rev, posts }) {
    const reset = after === 0;
    if (reset) {
      this.posts.clear();
      this.#own.clear();
      this.rev = 0;
    }
    // A welcome says all that is personal about its posts: what it does not say is no more.
    for (const { seq, rev: at, mine } of posts) {
      if (!mine && (this.#own.get(seq)?.rev ?? 0) <= at) this.#own.delete(seq);
    }
    const changed = this.applyPosts(after, rev, posts);
    return changed && { changed, reset };
  }

  /**
   * All changes in (since, rev].
   * @param {number} since
   * @param {number} rev
   * @param {Post[]} posts
   * @returns {Post[] | null} the posts that changed; null: there is a hole, so say hello again
   */
  applyPosts(since, rev, posts) {
    if (this.rev < since) return null;
    const changed = posts.filter((post) => post.rev > (this.posts.get(post.seq)?.rev ?? 0));
    for (const post of changed) this.posts.set(post.seq, this.#mergeOwn(post));
    this.rev = Math.max(this.rev, rev);
    return changed.map((post) => /** @type {Post} */ (this.posts.get(post.seq)));
  }

  /**
   * What only we see of some posts.
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
   * Is the room further than we are? Then a frame was lost on the way.
   * @param {number} rev the room's revision, as a pulse tells it
   */
  isBehind(rev) {
    return this.rev < rev;
  }

  /** How many posts each topic has. */
  countPosts() {
    const counts = new Map([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    for (const { topic, state } of this.posts.values()) {
      if (state === "shown") counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
    return counts;
  }

  /** Who posted, each once, in the order of their first posts. */
  listAuthors() {
    const authors = new Map();
    for (const seq of [...this.posts.keys()].sort((a, b) => a - b)) {
      const author = /** @type {Post} */ (this.posts.get(seq)).author;
      if (!authors.has(author.id)) authors.set(author.id, author);
    }
    return [...authors.values()];
  }

  /**
   * In a welcome a post carries what is personal about it; otherwise that comes by itself.
   * @param {Post} post as it came over the wire
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
  // What its author took back, or the host hid, is gone from here too.
  return post.state === "shown" ? { ...post, body, was, mine } : post;
}
