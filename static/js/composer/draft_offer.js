// Offers the prepared answer to the current topic above the composer. It is posted under its own id,
// and therefore once. It never replaces what is being typed.

import { part, write } from "tt/ui/dom";

/** @typedef {import("tt/ui/page_data").Draft} Draft */

const EDITED = "prepared";

export class DraftOffer {
  #drafts;
  #storage;
  #composer;
  #announce;
  #card;
  #body;
  #again;
  /** The draft whose text is in the composer. */
  #edited;
  /** @type {Set<string>} */
  #putOff = new Set();
  /** @type {Set<string>} */
  #offered = new Set();
  /** @type {Draft | undefined} */
  #draft;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {Draft[]} options.drafts
   * @param {import("tt/state/storage").PersonalStorage} options.storage this tab's
   * @param {import("tt/composer/composer").Composer} options.composer
   * @param {(body: string, id: string) => void} options.post
   * @param {(text: string) => void} options.announce
   */
  constructor(root, { drafts, storage, composer, post, announce }) {
    this.#drafts = drafts;
    this.#storage = storage;
    this.#composer = composer;
    this.#announce = announce;
    this.#card = part(root, "prepared");
    this.#body = part(root, "prepared-body");
    this.#again = part(root, "prepared-show");
    this.#edited = composer.value ? storage.get(EDITED) : null;
    this.#onClick("prepared-post", ({ id, body }) => {
      post(body, id);
      if (!composer.isTouch) composer.focus();
    });
    this.#onClick("prepared-edit", ({ id, body }) => {
      composer.value = [composer.value, body].filter(Boolean).join("\n\n");
      composer.focus();
      this.#setEdited(id);
    });
    this.#onClick("prepared-later", ({ id }) => {
      this.#putOff.add(id);
      this.#renderCard();
      this.#again.focus();
    });
    this.#onClick("prepared-show", ({ id }) => {
      this.#putOff.delete(id);
      this.#renderCard();
      part(root, "prepared-post").focus();
    });
  }

  /**
   * @param {string} name of a button
   * @param {(draft: Draft) => void} action
   */
  #onClick(name, action) {
    part(document.body, name).addEventListener("click", () => {
      if (this.#draft) action(this.#draft);
    });
  }

  /**
   * @param {number | null} topic the one that is on
   * @param {Iterable<{ id: string }>} onTheirWay
   */
  offerDraft(topic, onTheirWay) {
    const sent = new Set([...onTheirWay].map(({ id }) => id));
    this.#draft = this.#drafts.find((one) => one.topic === topic && !sent.has(one.id));
    this.#renderCard();
  }

  #renderCard() {
    const draft = this.#draft;
    const isFree = draft !== undefined && draft.id !== this.#edited;
    const isLater = isFree && this.#putOff.has(draft.id);
    this.#card.hidden = !isFree || isLater;
    this.#again.hidden = !isLater;
    if (!draft || this.#card.hidden) return;
    write(this.#body, draft.body);
    if (this.#offered.has(draft.id)) return;
    this.#offered.add(draft.id);
    this.#announce(`Your prepared answer to topic ${draft.topic} is above the message box.`);
  }

  /** Posts came; some may be drafts that another tab posted. @param {Iterable<{ id: string }>} posts */
  dropPosted(posts) {
    if (this.#drafts.length === 0) return;
    const ids = new Set([...posts].map(({ id }) => id));
    this.#drafts = this.#drafts.filter(({ id }) => !ids.has(id));
    if (this.#draft && ids.has(this.#draft.id)) this.#draft = undefined;
    if (this.#edited && ids.has(this.#edited)) this.#setEdited(null);
    this.#renderCard();
  }

  /** Note which draft's text is in the composer; null for none. @param {string | null} id */
  #setEdited(id) {
    this.#edited = id;
    this.#storage.set(EDITED, id ?? "");
    this.#renderCard();
  }

  /** A post, perhaps of a draft, was put back into the composer. @param {string} id */
  handleTakeBack(id) {
    if (this.#drafts.some((draft) => draft.id === id)) this.#setEdited(id);
  }

  /** The text in the composer changed. If it is empty, the draft was not used. */
  handleInput() {
    if (this.#composer.value === "" && this.#edited) this.#setEdited(null);
  }

  /** The text in the composer is being posted: the id of its draft, if it has one. */
  claimDraft() {
    const id = this.#drafts.find((draft) => draft.id === this.#edited)?.id;
    if (id) this.#setEdited(null);
    return id;
  }
}
