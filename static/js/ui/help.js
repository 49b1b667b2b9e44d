// The dialog that lists the keys. It opens by its button, or by `?` outside of text fields.

import { isTyping, part } from "tt/ui/dom";

export class Help {
  #dialog;

  /** @param {HTMLElement} body */
  constructor(body) {
    this.#dialog = /** @type {HTMLDialogElement} */ (part(body, "help"));
    part(body, "help-open").addEventListener("click", () => this.#openDialog());
    document.addEventListener("keydown", (event) => this.#handleKey(event));
    // A click on the dialog itself is outside of its content.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.isComposing || isTyping(event.target) || document.querySelector(":modal")) return;
    event.preventDefault();
    this.#openDialog();
  }

  #openDialog() {
    this.#dialog.showModal();
  }
}
