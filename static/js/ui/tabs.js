// The room's three parts: tabs on a narrow screen, side by side on a wide one. In between the
// conversation is always shown, and two tabs choose the part beside it.

import { write } from "tt/ui/dom";

const NARROW = "(width <= 62rem)";
const BESIDE = "(48rem <= width <= 62rem)";

export class Tabs {
  #room;
  #onChoose;
  #tabs;
  #narrow;
  #beside;

  /**
   * @param {HTMLElement} list the tablist
   * @param {HTMLElement} room gets data-tab
   * @param {() => void} chosen called when another tab was chosen, or tabs came or went
   */
  constructor(list, room, chosen) {
    this.#room = room;
    this.#onChoose = chosen;
    this.#tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
    this.#narrow = window.matchMedia(NARROW);
    this.#beside = window.matchMedia(BESIDE);
    for (const media of [this.#narrow, this.#beside]) {
      media.addEventListener("change", () => {
        this.#arrangePanels();
        this.#onChoose();
      });
    }
    list.addEventListener("click", (event) => {
      const tab = this.#tabs.find((one) => one.contains(/** @type {Node} */ (event.target)));
      if (!tab) return;
      this.#chooseTab(tab);
      this.#onChoose();
    });
    list.addEventListener("keydown", (event) => this.#handleKey(event));
    this.#chooseTab(this.#tabOf("chat"));
    this.#arrangePanels();
  }

  /** Whether that part is hidden behind another tab. @param {string} name */
  hides(name) {
    if (name === "chat" && this.#beside.matches) return false;
    return this.#narrow.matches && this.#room.dataset.tab !== name;
  }

  /** @param {string} name */
  #tabOf(name) {
    return /** @type {HTMLElement} */ (this.#tabs.find(({ id }) => id === `${name}-tab`));
  }

  /**
   * Show a text after a tab's name.
   * @param {string} name
   * @param {string} text
   */
  setLabel(name, text) {
    const place = this.#tabOf(name).querySelector("span");
    if (place) write(place, text);
  }

  /** @param {HTMLElement} chosen */
  #chooseTab(chosen) {
    for (const tab of this.#tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    this.#room.dataset.tab = chosen.id.replace("-tab", "");
  }

  /** Panels have the role of tab panels only while there are tabs. */
  #arrangePanels() {
    // Two parts side by side: choose one of the others. One part alone: choose the conversation.
    const isChat = this.#room.dataset.tab === "chat";
    if (this.#beside.matches === isChat) this.#chooseTab(this.#tabOf(isChat ? "agenda" : "chat"));
    for (const tab of this.#tabs) {
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (!panel) continue;
      const isAlways = tab.id === "chat-tab" && this.#beside.matches;
      if (this.#narrow.matches && !isAlways) {
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
      } else {
        panel.removeAttribute("role");
        panel.removeAttribute("aria-labelledby");
      }
    }
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    const tabs = this.#tabs.filter(({ offsetParent }) => offsetParent !== null);
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const rtl = document.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + rtl, ArrowLeft: at - rtl, Home: 0, End: tabs.length - 1 }[
      event.key
    ];
    if (at < 0 || to === undefined) return;
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    event.preventDefault();
    this.#chooseTab(tab);
    this.#onChoose();
    tab.focus();
  }
}
