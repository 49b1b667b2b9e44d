// Announces new posts to screen readers, at the pace that the reader chose. Knows no DOM.

import { plural } from "tt/state/text";

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {"each" | "summary" | "named"} Pace */

/** How long posts are gathered before an announcement. @type {Record<Pace, number>} */
const GATHER = { each: 700, summary: 20_000, named: 700 };
const AT_ONCE = 3;

export class Announcer {
  #me;
  #pace;
  #announce;
  #textOf;
  #later;
  #cancel;
  /** Posts before this instant were there when we came. */
  #since = Number.POSITIVE_INFINITY;
  #last = 0;
  /** @type {Post[]} */
  #gathered = [];
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {object} options
   * @param {number} options.me
   * @param {Pace} options.pace
   * @param {(text: string) => void} options.announce
   * @param {(html: string) => string} options.textOf
   * @param {(action: () => void, ms: number) => any} [options.later]
   * @param {(timer: any) => void} [options.cancel]
   */
  constructor({
    me,
    pace,
    announce,
    textOf,
    later = (action, ms) => setTimeout(action, ms),
    cancel = (timer) => clearTimeout(timer),
  }) {
    this.#me = me;
    this.#pace = pace;
    this.#announce = announce;
    this.#textOf = textOf;
    this.#later = later;
    this.#cancel = cancel;
  }

  /** Announce posts from now on. @param {string} now the server's time */
  startAt(now) {
    this.#since = Math.min(this.#since, Date.parse(now));
  }

  /** @param {Pace} pace */
  setPace(pace) {
    this.#announceGathered();
    this.#pace = pace;
  }

  /** @param {Post[]} posts new and changed ones */
  handlePosts(posts) {
    for (const post of posts) {
      if (post.seq <= this.#last) continue;
      this.#last = post.seq;
      const isNews = Date.parse(post.at) >= this.#since && post.author.id !== this.#me;
      if (isNews && post.state === "shown" && this.#wantsPost(post)) this.#gathered.push(post);
    }
    if (this.#gathered.length === 0 || this.#timer !== null) return;
    this.#timer = this.#later(() => this.#announceGathered(), GATHER[this.#pace]);
  }

  /** @param {Post} post */
  #wantsPost(post) {
    return this.#pace !== "named" || post.author.host || this.#mentionsMe(post);
  }

  /** @param {Post} post */
  #mentionsMe({ mentions }) {
    return mentions?.includes(this.#me) ?? false;
  }

  #announceGathered() {
    this.#cancel(this.#timer);
    this.#timer = null;
    const posts = this.#gathered;
    this.#gathered = [];
    if (posts.length === 0) return;
    const isFlood = this.#pace === "summary" || posts.length > AT_ONCE;
    if (isFlood) this.#announce(this.#summaryOf(posts));
    else for (const post of posts) this.#announce(this.#sentenceFor(post));
  }

  /** @param {Post} post */
  #sentenceFor(post) {
    const who = post.author.host ? `${post.author.name}, curator` : post.author.name;
    return `${who}${this.#mentionsMe(post) ? " mentions you" : ""}: ${this.#textOf(post.html)}`;
  }

  /** "4 new posts, by Dana, Jonas and one more. One mentions you." @param {Post[]} posts */
  #summaryOf(posts) {
    const people = new Map(posts.map(({ author }) => [author.id, author.name]));
    const mine = posts.filter((post) => this.#mentionsMe(post)).length;
    const mention = mine === 1 ? " One mentions you." : ` ${mine} mention you.`;
    const by = listed(shortNames([...people.values()]));
    return `${plural(posts.length, "new post")}, by ${by}.${mine ? mention : ""}`;
  }
}

/** First names, or whole names where two first names are equal. @param {string[]} names */
function shortNames(names) {
  const first = names.map((name) => name.split(" ")[0] ?? name);
  return names.map((name, index) =>
    first.filter((one) => one === first[index]).length > 1 ? name : (first[index] ?? name),
  );
}

/** @param {string[]} names */
function listed(names) {
  if (names.length < 2) return names.join("");
  const rest = names.length - 2;
  if (rest === 0) return names.join(" and ");
  return `${names.slice(0, 2).join(", ")} and ${rest === 1 ? "one" : rest} more`;
}
