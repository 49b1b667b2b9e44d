// The most valued posts of a session and the links that were shared in it. Knows no DOM.

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {{ address: string, by: string }} Shared */

const BEST = 3;

/** @param {Post} post */
export function value({ reactions }) {
  return Object.values(reactions).reduce((sum, count) => sum + count, 0);
}

/**
 * The most valued posts of a topic: the more reactions the better, the earlier of equals first.
 * @param {Iterable<Post>} posts
 * @param {number} topic
 * @returns {Post[]} at most three, with at least one reaction each
 */
export function mostValued(posts, topic) {
  return [...posts]
    .filter((post) => post.topic === topic && post.state === "shown" && value(post) > 0)
    .sort((a, b) => value(b) - value(a) || a.seq - b.seq)
    .slice(0, BEST);
}

/**
 * Every web address that was posted, once, in order, with the person who posted it first.
 * @param {Iterable<Post>} posts
 * @param {(html: string) => string[]} linksOf
 * @returns {Shared[]}
 */
export function sharedLinks(posts, linksOf) {
  /** @type {Map<string, Shared>} */
  const found = new Map();
  const shown = [...posts].filter(({ state }) => state === "shown");
  for (const { html, author } of shown.sort((a, b) => a.seq - b.seq)) {
    // Most posts have no link, and need not be parsed.
    if (!html.includes("<a ")) continue;
    for (const address of linksOf(html).filter((one) => /^https?:\/\//i.test(one))) {
      if (!found.has(address)) found.set(address, { address, by: author.name });
    }
  }
  return [...found.values()];
}
