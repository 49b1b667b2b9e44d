// One's own prepared answer, offered above the composer while its topic runs. It is posted under
// its own id, and so once; it never comes over what is being typed.

import { part, write } from "tt/ui/dom";

/** @typedef {import("tt/ui/page_data").Draft} Draft */

const EDITED = "prepared";

export class DraftOffer {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {Draft[]} options.drafts
   * @param {import("tt/state/storage").PersonalStorage} options.keep this tab's
   * @param {import("tt/composer/composer").Composer} options.composer
   * @param {(body: string, id: string) => void} options.post
   * @param {(text: string) => void} options.say
   */
  constructor(root, { drafts, keep, composer, post, say }) {
    this.drafts = drafts;
    this.keep = keep;
    this.composer = composer;
    this.say = say;
    this.card = part(root, "prepared");
    this.body = part(root, "prepared-body");
    this.again = part(root, "prepared-show");
    /** The draft whose text is in the composer. */
    this.edited = composer.value ? keep.get(EDITED) : null;
    /** @type {Set<string>} */
    this.putOff = new Set();
    /** @type {Set<string>} */
    this.offered = new Set();
    /** @type {Draft | undefined} */
    this.draft = undefined;
    this.act("prepared-post", ({ id, body }) => {
      post(body, id);
      if (!composer.touch.matches) composer.field.focus();
    });
    this.act("prepared-edit", ({ id, body }) => {
      composer.value = [composer.value, body].filter(Boolean).join("\n\n");
      composer.field.focus();
      this.edit(id);
    });
    this.act("prepared-later", ({ id }) => {
      this.putOff.add(id);
      this.show();
      this.again.focus();
    });
    this.act("prepared-show", ({ id }) => {
      this.putOff.delete(id);
      this.show();
      part(root, "prepared-post").focus();
    });
    // Whoever empties the field has not used it after all.
    composer.field.addEventListener("input", () => {
      if (composer.value === "" && this.edited) this.edit(null);
    });
  }

  /**
   * @param {string} name of a button
   * @param {(draft: Draft) => void} action
   */
  act(name, action) {
    part(document.body, name).addEventListener("click", () => {
      if (this.draft) action(this.draft);
    });
  }

  /**
   * @param {number | null} topic the one that is on
   * @param {Iterable<{ id: string }>} onTheirWay
   */
  draw(topic, onTheirWay) {
    const sent = new Set([...onTheirWay].map(({ id }) => id));
    this.draft = this.drafts.find((one) => one.topic === topic && !sent.has(one.id));
    this.show();
  }

  show() {
    const { draft } = this;
    const isFree = draft !== undefined && draft.id !== this.edited;
    const isLater = isFree && this.putOff.has(draft.id);
    this.card.hidden = !isFree || isLater;
    this.again.hidden = !isLater;
    if (!draft || this.card.hidden) return;
    write(this.body, draft.body);
    if (this.offered.has(draft.id)) return;
    this.offered.add(draft.id);
    this.say(`Your prepared answer to topic ${draft.topic} is above the message box.`);
  }

  /** Posts have come, from whichever of our tabs. @param {Iterable<{ id: string }>} posts */
  seen(posts) {
    if (this.drafts.length === 0) return;
    const ids = new Set([...posts].map(({ id }) => id));
    this.drafts = this.drafts.filter(({ id }) => !ids.has(id));
    if (this.draft && ids.has(this.draft.id)) this.draft = undefined;
    if (this.edited && ids.has(this.edited)) this.edit(null);
    this.show();
  }

  /** A draft's text is in the composer, or none any more. @param {string | null} id */
  edit(id) {
    this.edited = id;
    this.keep.set(EDITED, id ?? "");
    this.show();
  }

  /** A post came back into the composer, and may be a draft's. @param {string} id */
  takenBack(id) {
    if (this.drafts.some((draft) => draft.id === id)) this.edit(id);
  }

  /** The id of what is in the composer, if it is a draft's: it is being posted. */
  claim() {
    const id = this.drafts.find((draft) => draft.id === this.edited)?.id;
    if (id) this.edit(null);
    return id;
  }
}
