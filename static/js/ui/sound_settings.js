// The settings of what is announced and of the chime, stored in this browser for all rooms.

import { browserStorage, PersonalStorage } from "tt/state/storage";
import { Announcer } from "tt/ui/announcer";
import { lazily, part, textOf } from "tt/ui/dom";

/** @typedef {import("tt/ui/announcer").Pace} Pace */

export class SoundSettings {
  #chime;

  /**
   * @param {HTMLElement} body
   * @param {object} options
   * @param {number} options.me
   * @param {(text: string) => void} options.announce
   */
  constructor(body, { me, announce }) {
    const kept = new PersonalStorage(browserStorage("localStorage"), 0, me);
    const root = part(body, "hearing");
    const paces = /** @type {NodeListOf<HTMLInputElement>} */ (
      root.querySelectorAll("[name=pace]")
    );
    const chime = /** @type {HTMLInputElement} */ (part(root, "chime"));
    const known = [...paces].find(({ value }) => value === kept.get("pace")) ?? paces[0];
    if (known) known.checked = true;
    chime.checked = kept.get("chime") === "on";
    this.announcer = new Announcer({
      me,
      pace: /** @type {Pace} */ (known?.value ?? "each"),
      announce,
      textOf,
    });
    // Few people want the chime, and only they load it.
    const loadChime = lazily(async () => new (await import("tt/ui/chime")).Chime(chime.checked));
    this.#chime = async () => (chime.checked ? loadChime() : null);
    void this.#chime();
    for (const input of paces) {
      input.addEventListener("change", () => {
        kept.set("pace", input.value);
        this.announcer.setPace(/** @type {Pace} */ (input.value));
      });
    }
    chime.addEventListener("change", () => {
      kept.set("chime", chime.checked ? "on" : "");
      void loadChime().then((loaded) => loaded?.setOn(chime.checked));
    });
  }

  /** Play the chime, if it is switched on. */
  async ring() {
    (await this.#chime())?.ring();
  }
}
