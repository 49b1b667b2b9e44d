// Who types just now: says so to the room, seldom, and shows it quietly. Knows the DOM only by the
// line that it is given.

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

  /** The field changed. @param {string} text what is in it now */
  handleInput(text) {
    if (!text.trim() || this.#tick() - this.#sentAt < EVERY) return;
    this.#sentAt = this.#tick();
    this.#send({ type: "typing" });
  }

  /** It was posted: whoever types on says so anew. */
  handlePost() {
    this.#sentAt = Number.NEGATIVE_INFINITY;
  }

  /**
   * The room says it anew when it changes, also when somebody's typing lapsed.
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
