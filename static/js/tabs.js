// On a narrow screen the room's three parts are tabs; on a wide one they stand side by side.

import { write } from "tt/dom";

const NARROW = "(width <= 62rem)";

export class Tabs {
  /**
   * @param {HTMLElement} list the tablist
   * @param {HTMLElement} room gets data-tab
   * @param {() => void} chosen another tab, or none any more
   */
  constructor(list, room, chosen) {
    this.room = room;
    this.chosen = chosen;
    this.tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
    this.narrow = window.matchMedia(NARROW);
    this.narrow.addEventListener("change", () => {
      this.lay();
      this.chosen();
    });
    list.addEventListener("click", (event) => {
      const tab = this.tabs.find((one) => one.contains(/** @type {Node} */ (event.target)));
      if (!tab) return;
      this.choose(tab);
      this.chosen();
    });
    list.addEventListener("keydown", (event) => this.key(event));
    this.choose(/** @type {HTMLElement} */ (list.querySelector("#chat-tab")));
    this.lay();
  }

  /** Is that part out of sight, behind another tab? @param {string} name */
  hides(name) {
    return this.narrow.matches && this.room.dataset.tab !== name;
  }

  /**
   * Something after a tab's name.
   * @param {string} name
   * @param {string} text
   */
  say(name, text) {
    const tab = this.tabs.find(({ id }) => id === `${name}-tab`);
    const place = tab?.querySelector("span");
    if (place) write(place, text);
  }

  /** @param {HTMLElement} chosen */
  choose(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    this.room.dataset.tab = chosen.id.replace("-tab", "");
  }

  /** Panels are tab panels only while there are tabs. */
  lay() {
    for (const tab of this.tabs) {
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (!panel) continue;
      if (this.narrow.matches) {
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
      } else {
        panel.removeAttribute("role");
        panel.removeAttribute("aria-labelledby");
      }
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const rtl = document.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + rtl, ArrowLeft: at - rtl, Home: 0, End: this.tabs.length - 1 }[
      event.key
    ];
    if (at < 0 || to === undefined) return;
    const tab = this.tabs[(to + this.tabs.length) % this.tabs.length];
    if (!tab) return;
    event.preventDefault();
    this.choose(tab);
    this.chosen();
    tab.focus();
  }
}
