// The room before the start: who is here, and the choice to talk or to just read. The choice moves
// beside the list of people when the first topic begins.

import { plural } from "tt/state/text";
import { make, part, renderFace, write } from "tt/ui/dom";

const MOST = 24;

export class Lobby {
  #here;
  #list;
  #more;
  #choice;
  #place;
  #chat;
  #home;
  #listed = "";

  /** @param {HTMLElement} body */
  constructor(body) {
    this.#here = part(body, "here");
    this.#list = part(body, "here-list");
    this.#more = part(body, "here-more");
    this.#choice = part(body, "choice");
    this.#place = part(body, "lobby-choice");
    this.#chat = part(body, "chat");
    this.#home = /** @type {HTMLElement} */ (this.#choice.parentElement);
  }

  /**
   * @param {import("tt/room/people").People} people
   * @param {boolean} isOpen before the start
   */
  renderLobby(people, isOpen) {
    this.#moveChoice(isOpen);
    if (!isOpen) return;
    const persons = people.listNamed().slice(0, MOST);
    this.#here.hidden = people.count === 0;
    write(this.#more, sentence(persons.length, people.count - persons.length));
    const now = persons.map(({ id, name }) => `${id} ${name}`).join("\n");
    if (now === this.#listed) return;
    this.#listed = now;
    this.#list.hidden = persons.length === 0;
    this.#list.replaceChildren(...persons.map(makePerson));
  }

  /** @param {boolean} isOpen */
  #moveChoice(isOpen) {
    const place = isOpen ? this.#place : this.#home;
    if (this.#choice.parentElement === place) return;
    const { activeElement } = document;
    place.prepend(this.#choice);
    if (!(activeElement instanceof HTMLElement && place.contains(activeElement))) return;
    // The choice may have the focus; on small screens it moves out of view.
    activeElement.focus();
    if (document.activeElement !== activeElement) this.#chat.focus({ preventScroll: true });
  }
}

/**
 * @param {number} named
 * @param {number} others
 */
function sentence(named, others) {
  if (others <= 0) return "";
  return named ? `and ${others} more` : `${plural(others, "person", "people")}, just reading`;
}

/** @param {import("tt/connection/frames").Participant} person */
function makePerson(person) {
  const face = make("span", "", "face");
  face.setAttribute("aria-hidden", "true");
  renderFace(face, person);
  const item = document.createElement("li");
  item.append(face, make("bdi", person.name));
  return item;
}
