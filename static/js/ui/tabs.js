// On a narrow screen the room's three parts are tabs; on a wide one they stand side by side. In
// between the conversation stays, and two tabs choose what stands beside it.

import { write } from "tt/ui/dom";

const NARROW = "(width <= 62rem)";
const BESIDE = "(48rem <= width <= 62rem)";

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
    this.beside = window.matchMedia(BESIDE);
    for (const media of [this.narrow, this.beside]) {
      media.addEventListener("change", () => {
        this.lay();
        this.chosen();
      });
    }
    list.addEventListener("click", (event) => {
      const tab = this.tabs.find((one) => one.contains(/** @type {Node} */ (event.target)));
      if (!tab) return;
      this.choose(tab);
      this.chosen();
    });
    list.addEventListener("keydown", (event) => this.key(event));
    this.choose(this.tab("chat"));
    this.lay();
  }

  /** Is that part out of sight, behind another tab? @param {string} name */
  hides(name) {
    if (name === "chat" && this.beside.matches) return false;
    return this.narrow.matches && this.room.dataset.tab !== name;
  }

  /** @param {string} name */
  tab(name) {
    return /** @type {HTMLElement} */ (this.tabs.find(({ id }) => id === `${name}-tab`));
  }

  /**
   * Something after a tab's name.
   * @param {string} name
   * @param {string} text
   */
  say(name, text) {
    const place = this.tab(name).querySelector("span");
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
    // Beside the conversation stands one of the others; without room for both, it comes first.
    const isChat = this.room.dataset.tab === "chat";
    if (this.beside.matches === isChat) this.choose(this.tab(isChat ? "agenda" : "chat"));
    for (const tab of this.tabs) {
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (!panel) continue;
      const isAlways = tab.id === "chat-tab" && this.beside.matches;
      if (this.narrow.matches && !isAlways) {
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
    const tabs = this.tabs.filter(({ offsetParent }) => offsetParent !== null);
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const rtl = document.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + rtl, ArrowLeft: at - rtl, Home: 0, End: tabs.length - 1 }[
      event.key
    ];
    if (at < 0 || to === undefined) return;
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    event.preventDefault();
    this.choose(tab);
    this.chosen();
    tab.focus();
  }
}
