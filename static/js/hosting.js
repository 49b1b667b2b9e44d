// What the host can do besides posts: silence people, and take the chair where the curator is missing.

import { part } from "tt/dom";

/** @typedef {import("tt/frames").Me} Me */
/** @typedef {import("tt/frames").Participant} Participant */

const HUSHED = "The host has muted you for this session. You can still read along.";
const SPEAK = "You can post again.";

export class Hosting {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {number} options.me
   * @param {(frame: object) => Promise<unknown>} options.wish
   * @param {(text: string) => void} options.announce
   */
  constructor(root, { me, wish, announce }) {
    this.root = root;
    this.me = me;
    this.wish = wish;
    this.announce = announce;
    this.isHost = false;
    this.mayHost = false;
    this.isSilenced = false;
    this.isRunning = false;
    /** There are buttons beside the people. */
    this.isDrawn = false;
    /** Who is silenced. @type {Set<number>} */
    this.silenced = new Set();
    this.persons = part(root, "persons");
    this.chair = part(root, "chair");
    part(root, "take-chair").addEventListener("click", () => this.takeChair());
    this.persons.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      const id = Number(/** @type {HTMLElement | null} */ (button?.closest("li"))?.dataset.id);
      if (button && id) this.silence(id, button.dataset.name ?? "", !this.silenced.has(id));
    });
  }

  /** @param {Me} you */
  know({ host, may_host, silenced, hushed = [] }) {
    if (silenced !== this.isSilenced) this.announce(silenced ? HUSHED : SPEAK);
    this.isHost = host;
    this.mayHost = may_host;
    this.isSilenced = silenced;
    this.silenced = new Set(hushed);
  }

  /**
   * Who is here, and whether a topic is on: what is offered follows.
   * @param {Map<number, Participant>} persons
   * @param {boolean} isRunning
   */
  draw(persons, isRunning) {
    this.isRunning = isRunning;
    const isHosted = [...persons.values()].some(({ host }) => host);
    this.chair.hidden = !isRunning || this.isHost || !this.mayHost || isHosted;
    if (!this.isHost && !this.isDrawn) return;
    this.isDrawn = this.isHost;
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (
      this.persons.querySelectorAll("li")
    )) {
      const person = persons.get(Number(item.dataset.id));
      const button = /** @type {HTMLButtonElement} */ (part(item, "hush"));
      button.hidden = !isRunning || !this.isHost || !person || person.host || person.id === this.me;
      if (button.hidden || !person) continue;
      const isSilenced = this.silenced.has(person.id);
      button.dataset.name = person.name;
      button.textContent = isSilenced ? "Unmute" : "Mute";
      const label = isSilenced ? `Unmute ${person.name}` : `Mute ${person.name}`;
      button.setAttribute("aria-label", label);
    }
  }

  /**
   * @param {number} person
   * @param {string} name
   * @param {boolean} isOn
   */
  async silence(person, name, isOn) {
    const refused = await this.wish({ type: "silence", person, on: isOn });
    if (refused) return;
    this.announce(isOn ? `${name} can no longer post.` : `${name} can post again.`);
  }

  async takeChair() {
    const refused = await this.wish({ type: "chair" });
    if (!refused) this.announce("You’re hosting now.");
  }
}
