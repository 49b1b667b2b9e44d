// The form in a post that edits, removes or hides it. One form is open at a time; its text stays
// until the room has stored it.

import { law } from "tt/state/law";
import { isVisible, lengthOf, plural, tidy } from "tt/state/text";
import { part, stamp, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {import("tt/connection/frames").Refused} Refused */
/** @typedef {"edit" | "remove" | "hide"} Kind */

const KEPT = "edit/";
const DONE = { edit: "Saved.", remove: "Removed.", hide: "Hidden." };
const NOTHING = "A post can’t be empty. To take it focusPost, remove it.";

export class InlineForm {
  #storage;
  #request;
  #focusPost;
  #announce;
  #onResize;
  /** @type {{ kind: Kind, post: Post, article: HTMLElement, form: HTMLFormElement, back: (article: HTMLElement) => void } | null} */
  #open = null;
  #isAsking = false;

  /**
   * @param {object} options
   * @param {import("tt/state/storage").PersonalStorage} options.storage
   * @param {(frame: object) => Promise<Refused | null>} options.request
   * @param {(article: HTMLElement) => void} options.focusPost
   * @param {(text: string) => void} options.announce
   * @param {(isOpen: boolean) => void} options.onResize the form opened or closed, which changes the post's height
   */
  constructor({ storage, request, focusPost, announce, onResize }) {
    this.#storage = storage;
    this.#request = request;
    this.#focusPost = focusPost;
    this.#announce = announce;
    this.#onResize = onResize;
  }

  /**
   * @param {Kind} kind
   * @param {Post} post
   * @param {HTMLElement} article
   * @param {(article: HTMLElement) => void} [back] sets the focus when the form closes
   */
  openForm(kind, post, article, back = this.#focusPost) {
    this.#closeForm();
    const form = /** @type {HTMLFormElement} */ (stamp(`${kind}-pattern`));
    this.#open = { kind, post, article, form, back };
    article.classList.add(`is-${kind}`);
    article.append(form);
    this.#onResize(true);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.addEventListener("keydown", (event) => this.#handleKey(event));
    form.addEventListener("input", () => this.#handleInput());
    form.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement && target.value === "cancel") this.#cancel();
    });
    const field = this.#field;
    if (field && kind === "edit")
      field.value = this.#storage.get(KEPT + post.seq) ?? post.body ?? "";
    (field ?? form.querySelector("button"))?.focus();
    this.#fitField();
    form.scrollIntoView({ block: "nearest" });
  }

  get #field() {
    return /** @type {HTMLTextAreaElement | HTMLInputElement | null} */ (
      this.#open?.form.querySelector("textarea, input") ?? null
    );
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#cancel();
    }
    const isLine = event.target instanceof HTMLTextAreaElement && !event.shiftKey;
    if (event.key === "Enter" && isLine && !window.matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      this.#submit();
    }
  }

  #handleInput() {
    const open = this.#open;
    const field = this.#field;
    if (field && open?.kind === "edit")
      this.rememberText(open.post.seq, field.value, open.post.body);
    this.#fitField();
  }

  /**
   * Store the text of an edit until it is saved or cancelled, so that it outlasts a reload.
   * @param {number} seq
   * @param {string} text
   * @param {string} [before] the post's own text, which need not be stored
   */
  rememberText(seq, text, before) {
    this.#storage.set(KEPT + seq, text === before ? "" : text);
  }

  /** Fit the field to the text, and say when the text is too long. */
  #fitField() {
    const field = this.#field;
    if (!field) return;
    if (field instanceof HTMLTextAreaElement) {
      field.style.blockSize = "auto";
      field.style.blockSize = `${field.scrollHeight + 2}px`;
    }
    const over = lengthOf(field.value) - this.#longest;
    this.#showProblem(over > 0 ? `${plural(over, "character")} too many` : "");
  }

  get #longest() {
    return this.#open?.kind === "hide" ? law.longest_reason : law.longest_body;
  }

  /** @param {string} why */
  #showProblem(why) {
    if (!this.#open) return;
    write(part(this.#open.form, "why"), why);
    if (why) this.#field?.setAttribute("aria-invalid", "true");
    else this.#field?.removeAttribute("aria-invalid");
  }

  async #submit() {
    const open = this.#open;
    if (!open || this.#isAsking) return;
    const text = tidy(this.#field?.value ?? "");
    if (this.#field && lengthOf(text) > this.#longest) return;
    if (this.#field && !isVisible(text)) {
      this.#showProblem(open.kind === "hide" ? "Give a reason in a few words." : NOTHING);
      return;
    }
    if (open.kind === "edit" && text === open.post.body) {
      this.#cancel();
      return;
    }
    this.#isAsking = true;
    open.form.setAttribute("aria-busy", "true");
    const refused = await this.#request(frameOf(open.kind, open.post.seq, text));
    this.#isAsking = false;
    open.form.removeAttribute("aria-busy");
    if (!refused) {
      this.#announce(DONE[open.kind]);
      if (open.kind === "edit") this.rememberText(open.post.seq, "");
    }
    if (this.#open !== open) return;
    if (refused) this.#showProblem(refused.reason);
    else this.#cancel();
  }

  #cancel() {
    const open = this.#open;
    const isHere = open?.form.contains(document.activeElement);
    if (open?.kind === "edit") this.rememberText(open.post.seq, "");
    this.#closeForm();
    if (open && isHere) open.back(open.article); // which may be another element than when the form opened
  }

  #closeForm() {
    if (!this.#open) return;
    const { kind, article, form } = this.#open;
    this.#open = null;
    article.classList.remove(`is-${kind}`);
    form.remove();
    this.#onResize(false);
  }

  /** Close the form of a post that was removed elsewhere. @param {Post[]} posts */
  closeIfGone(posts) {
    const open = this.#open;
    const now = open && posts.find(({ seq }) => seq === open.post.seq);
    if (now && now.state !== "shown" && !this.#isAsking) this.#cancel();
  }

  /** After everything was rendered again, move the form to the post's new element.
   * @param {(seq: number) => HTMLElement | undefined} find */
  moveForm(find) {
    const open = this.#open;
    if (!open || open.article.isConnected) return;
    const article = find(open.post.seq);
    if (!article) return;
    open.article = article;
    article.classList.add(`is-${open.kind}`);
    article.append(open.form);
    // If the focus was in the form, it was lost with the old element.
    if (document.activeElement !== document.body) return;
    (this.#field ?? open.form.querySelector("button"))?.focus({ preventScroll: true });
  }
}

/**
 * @param {Kind} kind
 * @param {number} seq
 * @param {string} text
 */
function frameOf(kind, seq, text) {
  if (kind === "edit") return { type: "edit", seq, body: text };
  if (kind === "hide") return { type: "hide", seq, reason: text };
  return { type: "remove", seq };
}
