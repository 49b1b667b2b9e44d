// What hosts can do: mute people, from a menu at each person; and step in as host where the curator
// is missing. Screens say "mute" for the protocol's "silence".

import { law } from "tt/state/law";
import { part, write } from "tt/ui/dom";
import { Popover, step } from "tt/ui/popover";

/** @typedef {import("tt/connection/frames").Me} Me */
/** @typedef {import("tt/connection/frames").Participant} Participant */

const SPEAK = "You can post again.";

export class Hosting {
  #isRunning = false;
  #isHost = false;
  #mayHost = false;
  #isSilenced = false;
  /** @type {Set<number>} */
  #silenced = new Set();
  #me;
  #request;
  #announce;
  /** Whether the list of people has buttons. */
  #isDrawn = false;
  /** The people in the room. @type {Map<number, Participant>} */
  #people = new Map();
  #persons;
  #chair;
  #hosting;
  #menu;
  #mute;
  #popover;
  /** Whom the menu is about. @type {Participant | null} */
  #person = null;
  /** The one button that Tab leads to; arrows lead to the others. @type {HTMLElement | null} */
  #tabStop = null;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {number} options.me
   * @param {(frame: object) => Promise<unknown>} options.request
   * @param {(text: string) => void} options.announce
   */
  constructor(root, { me, request, announce }) {
    this.#me = me;
    this.#request = request;
    this.#announce = announce;
    this.#persons = part(root, "persons");
    this.#chair = part(root, "chair");
    this.#hosting = part(root, "hosting");
    this.#menu = part(root, "person-menu");
    this.#mute = /** @type {HTMLButtonElement} */ (part(root, "mute"));
    this.#popover = new Popover(this.#menu);
    part(root, "take-chair").addEventListener("click", () => this.#takeChair());
    this.#mute.addEventListener("click", () => this.#chooseMute());
    this.#menu.addEventListener("keydown", (event) => {
      if (event.key === "Tab") this.#popover.close({ back: true });
      else step(event, [this.#mute]);
    });
    this.#persons.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button) this.#openMenu(button);
    });
    this.#persons.addEventListener("keydown", (event) => step(event, this.#buttons));
    this.#persons.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLButtonElement) this.#setTabStop(target);
    });
  }

  /** @param {Me} you */
  setStanding({ host, may_host, silenced, hushed = [] }) {
    if (silenced !== this.#isSilenced) this.#announce(silenced ? law.silenced : SPEAK);
    this.#isHost = host;
    this.#mayHost = may_host;
    this.#isSilenced = silenced;
    this.#silenced = new Set(hushed);
  }

  /**
   * Offer what our part allows, for the people who are here.
   * @param {Map<number, Participant>} persons
   * @param {boolean} isRunning
   */
  renderHosting(persons, isRunning) {
    this.#isRunning = isRunning;
    this.#people = persons;
    const isHosted = [...persons.values()].some(({ host }) => host);
    this.#chair.hidden = !isRunning || this.#isHost || !this.#mayHost || isHosted;
    this.#hosting.hidden = !isRunning || !this.#isHost;
    if (!this.#isHost && !this.#isDrawn) return;
    this.#isDrawn = this.#isHost;
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (
      this.#persons.querySelectorAll("li")
    )) {
      this.#renderButton(item, persons.get(Number(item.dataset.id)));
    }
    const buttons = this.#buttons;
    const stop = buttons.find((button) => button === this.#tabStop) ?? buttons[0];
    if (stop) this.#setTabStop(stop);
  }

  /**
   * @param {HTMLElement} item
   * @param {Participant | undefined} person
   */
  #renderButton(item, person) {
    const button = /** @type {HTMLButtonElement} */ (part(item, "hush"));
    button.hidden =
      !this.#isRunning || !this.#isHost || !person || person.host || person.id === this.#me;
    part(item, "muted").hidden = !person || !this.#silenced.has(person.id);
    if (!button.hidden && person) button.ariaLabel = `Actions for ${person.name}`;
  }

  /** What our part in the session allows. */
  get standing() {
    return {
      isRunning: this.#isRunning,
      isHost: this.#isHost,
      mayHost: this.#mayHost,
      isSilenced: this.#isSilenced,
      silenced: this.#silenced,
    };
  }

  get #buttons() {
    return /** @type {HTMLElement[]} */ ([
      ...this.#persons.querySelectorAll("button:not([hidden])"),
    ]);
  }

  /** @param {HTMLElement} button */
  #setTabStop(button) {
    this.#tabStop = button;
    for (const one of this.#buttons) one.tabIndex = one === button ? 0 : -1;
  }

  /** @param {HTMLElement} button */
  #openMenu(button) {
    const id = Number(button.closest("li")?.dataset.id);
    const person = this.#people.get(id);
    if (!person) return;
    if (this.#popover.isOpen && this.#person === person) {
      this.#popover.close({ back: true });
      return;
    }
    this.#popover.close();
    this.#person = person;
    const word = this.#silenced.has(id) ? "Unmute" : "Mute";
    write(part(this.#menu, "mute-word"), word);
    write(part(this.#menu, "mute-who"), person.name);
    this.#popover.open(button, this.#mute, () => this.#persons);
  }

  #chooseMute() {
    const person = this.#person;
    this.#popover.close({ back: true });
    if (person) this.setSilenced(person.id, person.name, !this.#silenced.has(person.id));
  }

  /**
   * @param {number} person
   * @param {string} name
   * @param {boolean} isOn
   */
  async setSilenced(person, name, isOn) {
    const refused = await this.#request({ type: "silence", person, on: isOn });
    if (refused) return;
    this.#announce(isOn ? `${name} can no longer post.` : `${name} can post again.`);
  }

  async #takeChair() {
    const refused = await this.#request({ type: "chair" });
    if (refused) return;
    this.#announce("You’re hosting now.");
    // The button disappears, and its focus must not be lost.
    this.#hosting.hidden = false;
    const { activeElement } = document;
    const isLost = activeElement === document.body || this.#chair.contains(activeElement);
    if (isLost) this.#hosting.focus();
  }
}
