// `@` in the composer: people to choose from, those in the room first, then everyone.

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
  /** Everyone of whom we heard here. @type {Map<number, Somebody>} */
  #known = new Map();
  /** Nobody's name begins so: longer ones need not be asked for. @type {string | null} */
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
 * What is typed behind the last `@` before the caret; an address has its `@` in a word.
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
 * Is there a whole name already, and more behind it, so that nobody is asked for any more?
 * @param {string} query
 * @param {{ name: string }[]} known
 */
export function isNamed(query, known) {
  const text = folded(query);
  const isThere = known.some(({ name }) => text.startsWith(`${folded(name)} `));
  return isThere && !known.some(({ name }) => folded(name).startsWith(text));
}

/**
 * Those whose name, or a word of it, begins so.
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
 * With the team where two share a name, as the room reads it.
 * @param {Somebody} person
 * @param {Somebody[]} known
 */
export function nameOf({ id, name, team }, known) {
  const isShared = known.some((one) => one.id !== id && folded(one.name) === folded(name));
  return isShared && team ? `${name} (${team})` : name;
}

/** Without accents and case: nobody should need them to find somebody. @param {string} text */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** @param {string} query @returns {Promise<Somebody[]>} */
async function fetchFromServer(query) {
  try {
    const answer = await fetch(`/api/people/?q=${encodeURIComponent(query)}`);
    return answer.ok ? (await answer.json()).people : [];
  } catch {
    return []; // those in the room are there still
  }
}
