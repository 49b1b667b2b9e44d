// The host's prompts beside their topics, with a button to hold each back. Only hosts have any.

import { make, part, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Prompt} Prompt */

export class Prompts {
  #root;
  #times;
  #hold;
  /** @type {Map<number, HTMLElement>} */
  #items = new Map();

  /**
   * @param {HTMLElement} root the agenda
   * @param {object} options
   * @param {import("tt/state/times").Times} options.times
   * @param {(prompt: number, hold: boolean) => Promise<unknown>} options.hold
   */
  constructor(root, { times, hold }) {
    this.#root = root;
    this.#times = times;
    this.#hold = hold;
  }

  /** @param {Prompt[]} [prompts] none for people who are not hosts */
  renderPrompts(prompts = []) {
    const ids = new Set(prompts.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    for (const prompt of prompts) this.#renderPrompt(prompt);
    for (const box of this.#root.querySelectorAll("[data-part=prompts]")) {
      /** @type {HTMLElement} */ (box).hidden = !box.querySelector("li");
    }
  }

  /** @param {Prompt} prompt */
  #renderPrompt(prompt) {
    const step = this.#root.querySelector(`[data-step="${prompt.topic}"]`);
    if (!step) return;
    const item = this.#items.get(prompt.id) ?? this.#makeItem(prompt);
    write(part(item, "prompt"), prompt.body);
    write(part(item, "due"), this.#stateOf(prompt));
    item.dataset.state = prompt.state;
    const button = /** @type {HTMLButtonElement} */ (part(item, "hold"));
    button.hidden = prompt.state !== "waiting" && prompt.state !== "held";
    button.value = prompt.state === "held" ? "" : "hold";
    write(button, prompt.state === "held" ? "Release" : "Hold back");
    const list = part(step, "prompt-list");
    if (item.parentElement !== list) list.append(item);
  }

  /** @param {Prompt} prompt */
  #stateOf({ at, if_quiet: ifQuiet, state }) {
    const time = this.#times.formatTime(at);
    const quiet = ifQuiet ? ", only if it’s quiet" : "";
    if (state === "posted") return "Posted";
    if (state === "dropped") return "Not posted";
    if (state === "held") return `Held back · was due at ${time}`;
    return `Will be posted at ${time}${quiet}`;
  }

  /** @param {Prompt} prompt */
  #makeItem({ id }) {
    const item = document.createElement("li");
    const text = make("p", "");
    text.dir = "auto";
    text.dataset.part = "prompt";
    text.id = `prompt-${id}`;
    const due = make("span", "", "small dim");
    due.dataset.part = "due";
    const button = /** @type {HTMLButtonElement} */ (make("button", "", "quiet"));
    button.type = "button";
    button.dataset.part = "hold";
    button.setAttribute("aria-describedby", text.id);
    button.addEventListener("click", async () => {
      // Ignore further clicks until the answer; the new state comes as a frame.
      if (button.ariaDisabled === "true") return;
      button.ariaDisabled = "true";
      await this.#hold(id, button.value === "hold");
      button.ariaDisabled = "false";
    });
    item.append(text, due, button);
    this.#items.set(id, item);
    return item;
  }
}
