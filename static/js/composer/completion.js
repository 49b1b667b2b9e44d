// The list of suggestions above the composer: the arrow keys move through it, Enter or Tab chooses,
// Escape closes. It has one owner at a time, the one that last offered something.

import { make, part } from "tt/ui/dom";

/** @typedef {{ id: string, nodes: (Node | string)[] }} Option */

export class Completion {
  #list;
  /** @type {object | null} */
  #owner = null;
  /** @type {string[]} */
  #ids = [];
  #at = 0;
  /** @type {(index: number) => void} */
  #onTake = () => {};

  /** @param {HTMLElement} root */
  constructor(root) {
    this.field = /** @type {HTMLTextAreaElement} */ (part(root, "say"));
    this.#list = part(root, "say-options");
    this.field.addEventListener("blur", () => this.close());
    // This must run before the composer's own listener, for which Enter means to post.
    this.field.addEventListener("keydown", (event) => this.#handleKey(event), true);
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target instanceof Element ? target.closest("[role=option]") : null;
      if (option) this.#chooseOption([...this.#list.children].indexOf(option));
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /**
   * The text before the caret; null while something is selected.
   * @returns {string | null}
   */
  get typed() {
    const { value, selectionStart, selectionEnd } = this.field;
    return selectionStart === selectionEnd ? value.slice(0, selectionStart) : null;
  }

  /**
   * Show these options, or close the list if there are none.
   * @param {object} owner
   * @param {string} label
   * @param {Option[]} options
   * @param {(index: number) => void} take
   * @returns {boolean} whether the list has just opened
   */
  offerOptions(owner, label, options, take) {
    if (options.length === 0) {
      this.close(owner);
      return false;
    }
    const wasOpen = this.isOpen && this.#owner === owner;
    const before = this.#ids[this.#at];
    const ids = options.map(({ id }) => id);
    const isSame = wasOpen && ids.join("\n") === this.#ids.join("\n");
    this.#owner = owner;
    this.#ids = ids;
    this.#onTake = take;
    this.#list.hidden = false;
    if (isSame) return false;
    this.#list.ariaLabel = label;
    this.#list.replaceChildren(
      ...options.map(({ nodes }, index) => {
        const option = make("li", "");
        option.id = `say-option-${index}`;
        option.setAttribute("role", "option");
        option.append(...nodes);
        return option;
      }),
    );
    this.#pointAt(Math.max(0, wasOpen && before ? ids.indexOf(before) : 0));
    return !wasOpen;
  }

  /** @param {number} index */
  #pointAt(index) {
    this.#at = index;
    [...this.#list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === index));
      if (at === index) option.scrollIntoView({ block: "nearest" });
    });
    this.field.setAttribute("aria-activedescendant", `say-option-${index}`);
  }

  /** @param {object} [owner] close only a list of this owner */
  close(owner) {
    if (!this.isOpen || (owner && owner !== this.#owner)) return;
    this.#list.hidden = true;
    this.#owner = null;
    this.#ids = [];
    this.#list.replaceChildren();
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { length } = this.#ids;
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    const by = steps[event.key];
    if (by) this.#pointAt((this.#at + by + length) % length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab")
      this.#chooseOption(this.#at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {number} index */
  #chooseOption(index) {
    const take = this.#onTake;
    this.close();
    take(index);
  }

  /**
   * Replace what was typed since `start`.
   * @param {number} start
   * @param {string} text
   */
  insertText(start, text) {
    this.field.setRangeText(text, start, this.field.selectionStart, "end");
    this.field.focus();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }
}
