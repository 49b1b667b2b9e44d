// The list of people in the room, and our own choice to talk or to just read.

import { part, renderFace, stamp, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Participant} Participant */

export class People {
  #root;
  #me;
  /** @type {Map<number, HTMLElement>} */
  #items = new Map();
  /** @type {number | null} */
  #curator = null;
  #talking = 0;
  #reading = 0;
  #named;
  #namedRow;
  #modes;

  /**
   * @param {HTMLElement} root
   * @param {number} me
   * @param {(mode: "talking" | "reading", named: boolean) => void} choose
   */
  constructor(root, me, choose) {
    this.#root = root;
    this.#me = me;
    /** @type {Map<number, Participant>} */
    this.persons = new Map();
    this.#named = /** @type {HTMLInputElement} */ (part(root, "named"));
    this.#namedRow = part(root, "named-row");
    this.#modes = /** @type {HTMLInputElement[]} */ ([
      ...part(root, "modes").querySelectorAll("input"),
    ]);
    const chosen = () => {
      this.showMode(this.#mode, this.#named.checked);
      choose(this.#mode, this.#named.checked);
    };
    for (const input of [...this.#modes, this.#named]) input.addEventListener("change", chosen);
  }

  get #mode() {
    return this.#modes.some((input) => input.value === "talking" && input.checked)
      ? "talking"
      : "reading";
  }

  /**
   * @param {"talking" | "reading"} mode
   * @param {boolean} named
   */
  showMode(mode, named) {
    for (const input of this.#modes) input.checked = input.value === mode;
    this.#named.checked = named;
    this.#namedRow.hidden = mode === "talking";
  }

  /**
   * Replace everyone.
   * @param {Omit<import("tt/connection/frames").Presence, "type">} presence
   * @param {number | null} curator the session's curator; anyone else who hosts is called a host
   */
  replaceAll(presence, curator) {
    this.#curator = curator;
    const gone = new Set(this.persons.keys());
    for (const { id } of presence.joined) gone.delete(id);
    this.applyPresence({ ...presence, left: [...presence.left, ...gone] });
  }

  /** @param {Omit<import("tt/connection/frames").Presence, "type">} presence what changed */
  applyPresence({ talking, reading, joined, left, changed }) {
    if (left.includes(this.#me)) this.showMode("reading", false);
    for (const person of [...joined, ...changed]) {
      // Our mode also changes when we post, or choose another in another tab.
      if (person.id === this.#me) this.showMode(person.mode, this.#named.checked);
      this.persons.set(person.id, person);
      const drawn = this.#items.get(person.id);
      if (drawn) this.#renderPerson(drawn, person);
    }
    for (const id of left) {
      this.persons.delete(id);
      this.#items.delete(id);
    }
    this.#talking = talking;
    this.#reading = reading;
    this.#renderList();
  }

  #renderList() {
    write(part(this.#root, "counts"), `${this.#talking} talking · ${this.#reading} reading`);
    const persons = this.listNamed();
    const list = part(this.#root, "persons");
    const items = persons.map((person) => this.#itemOf(person));
    const kept = new Set(items);
    const { activeElement } = document;
    const isHere = list.contains(activeElement);
    for (const item of [...list.children]) {
      if (!kept.has(/** @type {HTMLElement} */ (item))) item.remove();
    }
    // An element that does not move keeps the focus; one that moves gets it back.
    items.forEach((item, index) => {
      const there = list.children[index] ?? null;
      if (there !== item) list.insertBefore(item, there);
    });
    if (isHere && document.activeElement !== activeElement) {
      const focused = list.contains(activeElement) ? activeElement : list;
      /** @type {HTMLElement} */ (focused).focus({ preventScroll: true });
    }
    part(this.#root, "nobody").hidden = persons.length > 0;
  }

  /** @param {Participant} person */
  #itemOf(person) {
    const known = this.#items.get(person.id);
    if (known) return known;
    const item = this.#renderPerson(stamp("person-pattern"), person);
    item.dataset.id = String(person.id);
    this.#items.set(person.id, item);
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Participant} person
   */
  #renderPerson(item, person) {
    renderFace(part(item, "face"), person);
    write(part(item, "who"), person.name);
    const mark = part(item, "host");
    mark.hidden = !person.host;
    write(mark, person.id === this.#curator ? "curator" : "host");
    const isReading = person.mode === "reading";
    const before = person.formerly && `formerly ${person.formerly}`;
    const facts = [person.team, before, isReading && "reading"];
    write(part(item, "team"), facts.filter(Boolean).join(" · "));
    return item;
  }

  /** The people whose names are shown. */
  listNamed() {
    return [...this.persons.values()].sort(inOrder);
  }

  get count() {
    return this.#talking + this.#reading;
  }
}

/**
 * Hosts first, then people who talk, then by name.
 * @param {Participant} a
 * @param {Participant} b
 */
function inOrder(a, b) {
  return (
    Number(b.host) - Number(a.host) ||
    Number(b.mode === "talking") - Number(a.mode === "talking") ||
    a.name.localeCompare(b.name) ||
    a.id - b.id
  );
}
