// Suggests emoji while a `:name` is typed in the composer, and replaces `:name:` with its emoji. The
// names are fetched when somebody begins to type one.

import { plural } from "tt/state/text";

/** @typedef {{ emoji: string, names: string[] }} Emoji */

const MOST = 8;
const ASKING = /(?<![\w:]):([a-z0-9_+-]{2,40})$/i;
const WHOLE = /(?<!\w):([a-z0-9_+-]{1,60}):$/;

export class Shortcodes {
  #completion;
  #url;
  #announce;
  #fetchEmoji;
  /** @type {Promise<Emoji[]> | null} */
  #all = null;

  /**
   * @param {object} options
   * @param {import("tt/composer/completion").Completion} options.completion
   * @param {string} options.url of all emoji
   * @param {(text: string) => void} options.announce
   * @param {(url: string) => Promise<Emoji[]>} [options.fetchEmoji]
   */
  constructor({ completion, url, announce, fetchEmoji = fetchFromServer }) {
    this.#completion = completion;
    this.#url = url;
    this.#announce = announce;
    this.#fetchEmoji = fetchEmoji;
    completion.field.addEventListener("input", () => this.updateOffer());
  }

  async updateOffer() {
    const completion = this.#completion;
    const before = completion.typed ?? "";
    const query = ASKING.exec(before)?.[1];
    const whole = WHOLE.exec(before)?.[1];
    if (!query) completion.close(this);
    if (!query && !whole) return;
    const all = await this.#loadEmoji();
    // More may have been typed in the meantime.
    if (completion.typed !== before) return;
    const found = whole && all.find(({ names }) => names.includes(whole));
    if (found) completion.insertText(before.length - (whole ?? "").length - 2, found.emoji);
    else if (query) this.#offerEmoji(query, matching(all, query), before.length - query.length - 1);
  }

  /**
   * @param {string} query
   * @param {Emoji[]} emoji
   * @param {number} start
   */
  #offerEmoji(query, emoji, start) {
    const options = emoji.map((one) => ({
      id: one.emoji,
      nodes: [`${one.emoji} `, `:${nameFor(one, query)}:`],
    }));
    const take = (/** @type {number} */ index) =>
      this.#completion.insertText(start, `${emoji[index]?.emoji ?? ""} `);
    if (this.#completion.offerOptions(this, "Emoji", options, take)) {
      this.#announce(`${plural(emoji.length, "emoji", "emoji")} to choose from.`);
    }
  }

  #loadEmoji() {
    this.#all ??= this.#fetchEmoji(this.#url).catch(() => {
      this.#all = null;
      return [];
    });
    return this.#all;
  }
}

/**
 * At most eight emoji with a name that begins with the query or, from three letters on, contains it.
 * @param {Emoji[]} all
 * @param {string} query
 * @returns {Emoji[]}
 */
export function matching(all, query) {
  const text = query.toLowerCase();
  const begin = all.filter(({ names }) => names.some((name) => name.startsWith(text)));
  const exact = begin.filter(({ names }) => names.includes(text));
  const within =
    text.length > 2 ? all.filter(({ names }) => names.some((name) => name.includes(text))) : [];
  return [...new Set([...exact, ...begin, ...within])].slice(0, MOST);
}

/**
 * @param {Emoji} emoji
 * @param {string} query
 */
function nameFor({ names }, query) {
  const text = query.toLowerCase();
  return (
    names.find((name) => name.startsWith(text)) ?? names.find((name) => name.includes(text)) ?? ""
  );
}

/** @param {string} url @returns {Promise<Emoji[]>} */
async function fetchFromServer(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  const groups = /** @type {{ emoji: string[][] }[]} */ (await answer.json());
  return groups.flatMap((group) =>
    group.emoji.map(([emoji = "", , , names = ""]) => ({ emoji, names: names.split(" ") })),
  );
}
