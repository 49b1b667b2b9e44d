// Tells the room, at most every three seconds, that we are typing, and shows who else is.

import { line } from "tt/ui/dom";

const EVERY = 3000;

export class Typing {
  #element;
  #me;
  #send;
  #tick;
  #sentAt = Number.NEGATIVE_INFINITY;

  /**
   * @param {object} options
   * @param {HTMLElement} options.element
   * @param {number} options.me
   * @param {(frame: object) => unknown} options.send
   * @param {() => number} [options.tick]
   */
  constructor({ element, me, send, tick = () => performance.now() }) {
    this.#element = element;
    this.#me = me;
    this.#send = send;
    this.#tick = tick;
  }

  /** @param {string} text what is in the composer now */
  handleInput(text) {
    if (!text.trim() || this.#tick() - this.#sentAt < EVERY) return;
    this.#sentAt = this.#tick();
    this.#send({ type: "typing" });
  }

  /** We posted: if we type again, say so at once. */
  handlePost() {
    this.#sentAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * The room sends the whole list whenever it changes.
   * @param {number[]} ids
   * @param {Map<number, { name: string }>} persons
   */
  renderTyping(ids, persons) {
    const names = ids.filter((id) => id !== this.#me).flatMap((id) => persons.get(id)?.name ?? []);
    line(this.#element, sentence(names));
  }
}

/** @param {string[]} names */
export function sentence(names) {
  if (names.length > 2) return "Several people are typing…";
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing…`;
  return names.length === 1 ? `${names[0]} is typing…` : "";
}
