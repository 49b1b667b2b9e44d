// Suggests people after an `@` in the composer: first those in the room, then everyone.

import { plural } from "tt/state/text";
import { make } from "tt/ui/dom";

/** @typedef {{ id: number, name: string, team: string | null, formerly?: string }} Somebody */

const MOST = 8;
const LONGEST = 40;
const PAUSE = 150;

export class Mentions {
  #completion;
  #me;
  #listHere;
  #announce;
  #searchServer;
  /** Everyone whom the room or the server has named so far, by id. @type {Map<number, Somebody>} */
  #known = new Map();
  /** The server found nobody for this query, so longer ones need no search. @type {string | null} */
  #barren = null;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {import("tt/composer/completion").Completion} completion
   * @param {object} options
   * @param {number} options.me
   * @param {() => Somebody[]} options.listHere
   * @param {(text: string) => void} options.announce
   * @param {(query: string) => Promise<Somebody[]>} [options.searchServer]
   */
  constructor(completion, { me, listHere, announce, searchServer = fetchFromServer }) {
    this.#completion = completion;
    this.#me = me;
    this.#listHere = listHere;
    this.#announce = announce;
    this.#searchServer = searchServer;
    const { field } = completion;
    field.addEventListener("input", () => this.updateOffer());
    field.addEventListener("click", () => this.updateOffer());
    field.addEventListener("keyup", ({ key }) => {
      if (key.startsWith("Arrow") || key === "Home" || key === "End") this.#handleArrow(key);
    });
  }

  get #asking() {
    const { typed } = this.#completion;
    return typed === null ? null : queryAt(typed, typed.length);
  }

  /** @param {string} key */
  #handleArrow(key) {
    const { isOpen } = this.#completion;
    if (!(isOpen && (key === "ArrowUp" || key === "ArrowDown"))) this.updateOffer();
  }

  updateOffer() {
    const asking = this.#asking;
    clearTimeout(this.#timer);
    if (!asking || isNamed(asking.query, [...this.#known.values()])) {
      this.#completion.close(this);
      return;
    }
    this.#offerPeople(asking.query);
    const isBarren = this.#barren !== null && asking.query.startsWith(this.#barren);
    if (isBarren || !asking.query.trim()) return;
    this.#timer = window.setTimeout(() => this.#searchPeople(asking.query), PAUSE);
  }

  /** @param {string} query */
  async #searchPeople(query) {
    const people = await this.#searchServer(query.trim());
    for (const one of people) this.#known.set(one.id, one);
    if (people.length === 0) this.#barren = query;
    if (this.#asking?.query === query) this.#offerPeople(query);
  }

  /** @param {string} query */
  #offerPeople(query) {
    const here = this.#listHere();
    for (const one of here) this.#known.set(one.id, one);
    const others = [...this.#known.values()].filter(({ id }) => !here.some((one) => one.id === id));
    const people = [...here, ...others].filter(({ id }) => id !== this.#me);
    const found = matching(query.trim() ? people : here.filter(({ id }) => id !== this.#me), query);
    this.#renderOptions(found.slice(0, MOST), new Set(here.map(({ id }) => id)));
  }

  /**
   * @param {Somebody[]} people
   * @param {Set<number>} here
   */
  #renderOptions(people, here) {
    const options = people.map(({ id, name, team, formerly }) => {
      const before = formerly && `formerly ${formerly}`;
      const more = [team, before, here.has(id) && "here"].filter(Boolean).join(" · ");
      return { id: String(id), nodes: [make("bdi", name), " ", make("small", more, "dim")] };
    });
    const take = (/** @type {number} */ index) => this.#insertMention(people[index]);
    if (this.#completion.offerOptions(this, "People to mention", options, take)) {
      this.#announce(`${plural(people.length, "person", "people")} to mention.`);
    }
  }

  /** @param {Somebody | undefined} person */
  #insertMention(person) {
    const asking = this.#asking;
    clearTimeout(this.#timer);
    if (!asking || !person) return;
    this.#completion.insertText(asking.start, `@${nameOf(person, [...this.#known.values()])} `);
    clearTimeout(this.#timer);
  }
}

/**
 * What is typed after the last `@` before the caret; null if that `@` is within a word, as in an
 * email address.
 * @param {string} text
 * @param {number} caret
 * @returns {{ start: number, query: string } | null}
 */
export function queryAt(text, caret) {
  const before = text.slice(0, caret);
  const start = before.lastIndexOf("@");
  const query = before.slice(start + 1);
  if (start < 0 || query.length > LONGEST || /[\n(]|^\s|\s\s/.test(query)) return null;
  if (/[\p{L}\p{N}_@]$/u.test(before.slice(0, start))) return null;
  return { start, query };
}

/**
 * Whether a whole name and more is typed, so that no search is needed any more.
 * @param {string} query
 * @param {{ name: string }[]} known
 */
export function isNamed(query, known) {
  const text = folded(query);
  const isThere = known.some(({ name }) => text.startsWith(`${folded(name)} `));
  return isThere && !known.some(({ name }) => folded(name).startsWith(text));
}

/**
 * People whose name, or a word of it, begins with the query.
 * @template {{ name: string }} T
 * @param {T[]} people
 * @param {string} query
 * @returns {T[]}
 */
export function matching(people, query) {
  const text = folded(query).trimEnd();
  const begins = people.filter(({ name }) => folded(name).startsWith(text));
  const within = people.filter(({ name }) => folded(name).includes(` ${text}`));
  return [...new Set([...begins, ...within])];
}

/**
 * The name, with the team where two people share it; the server reads mentions the same way.
 * @param {Somebody} person
 * @param {Somebody[]} known
 */
export function nameOf({ id, name, team }, known) {
  const isShared = known.some((one) => one.id !== id && folded(one.name) === folded(name));
  return isShared && team ? `${name} (${team})` : name;
}

/** Without accents and case, so that a search does not need them. @param {string} text */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** @param {string} query @returns {Promise<Somebody[]>} */
async function fetchFromServer(query) {
  try {
    const answer = await fetch(`/api/people/?q=${encodeURIComponent(query)}`);
    return answer.ok ? (await answer.json()).people : [];
  } catch {
    return []; // people in the room are still offered
  }
}
