// Stores texts of one person in one session in the browser, so that they outlast a reload.

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} BrowserStorage */

export class PersonalStorage {
  #shelf;
  #prefix;

  /**
   * @param {BrowserStorage | null} shelf null where the browser allows none: then nothing is stored
   * @param {number} session
   * @param {number} person
   */
  constructor(shelf, session, person) {
    this.#shelf = shelf;
    this.#prefix = `tt/${session}/${person}/`;
  }

  /**
   * @param {string} name
   * @returns {string | null}
   */
  get(name) {
    return this.#attempt((shelf) => shelf.getItem(this.#prefix + name)) ?? null;
  }

  /**
   * @param {string} name
   * @param {string} value '' deletes it
   */
  set(name, value) {
    this.#attempt((shelf) =>
      value ? shelf.setItem(this.#prefix + name, value) : shelf.removeItem(this.#prefix + name),
    );
  }

  /**
   * The values of all names that begin this way.
   * @param {string} beginning
   */
  #valuesOf(beginning) {
    const found = this.#attempt((shelf) => {
      const names = Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? "");
      return names
        .filter((name) => name.startsWith(this.#prefix + beginning))
        .map((name) => shelf.getItem(name) ?? "");
    });
    return found ?? [];
  }

  /**
   * The JSON records of all names that begin this way; unreadable ones are skipped.
   * @param {string} beginning
   * @returns {any[]}
   */
  records(beginning) {
    return this.#valuesOf(beginning).flatMap((text) => {
      try {
        return [JSON.parse(text) ?? {}];
      } catch {
        return [];
      }
    });
  }

  /**
   * A full or forbidden storage must never stop a post.
   * @template T
   * @param {(shelf: BrowserStorage) => T} action
   * @returns {T | undefined}
   */
  #attempt(action) {
    try {
      return this.#shelf ? action(this.#shelf) : undefined;
    } catch {
      return undefined;
    }
  }
}

/**
 * A storage, or null where the browser allows none.
 * @param {"sessionStorage" | "localStorage"} name
 */
export function browserStorage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}
