// Where one writes. What is typed is kept on every key: over a turn, a reload, a lost connection.

import { Reply } from "tt/composer/reply";
import { isVisible, LONGEST, lengthOf, plural, tidy } from "tt/state/text";
import { part, write } from "tt/ui/dom";

const DRAFT = "draft";
const NEAR = 200;

export class Composer {
  #storages;
  #post;
  #onInput;
  #editLast;
  #isSilenced = false;
  #form;
  #field;
  #label;
  #left;
  #next;
  #button;
  #silenced;
  #reply;
  #touch;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("tt/state/storage").PersonalStorage[]} options.storages this tab's first, then this browser's
   * @param {(body: string, replyTo: number | null) => void} options.post
   * @param {(onInput: string) => void} [options.onInput]
   * @param {() => void} [options.editLast]
   */
  constructor(root, { storages, post, onInput = () => {}, editLast = () => {} }) {
    this.#storages = storages;
    this.#post = post;
    this.#onInput = onInput;
    this.#editLast = editLast;
    this.#form = /** @type {HTMLFormElement} */ (part(root, "compose"));
    this.#field = /** @type {HTMLTextAreaElement} */ (part(root, "say"));
    this.#label = part(root, "say-label");
    this.#left = part(root, "say-left");
    this.#next = part(root, "next");
    this.#button = /** @type {HTMLButtonElement} */ (part(root, "say-post"));
    this.#silenced = part(root, "say-silenced");
    this.#reply = new Reply(root, storages);
    this.#touch = window.matchMedia("(pointer: coarse)");
    if (this.#touch.matches) write(part(root, "say-hint"), "");
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("input", () => {
      this.#handleText();
      this.#onInput(this.value);
    });
    part(root, "replying-drop").addEventListener("click", () => this.replyTo(null));
    this.#field.addEventListener("keydown", (event) => this.#handleKey(event));
    this.value = storages.map((storage) => storage.get(DRAFT)).find((draft) => draft) ?? "";
  }

  /** Posts by touch: the keyboard would cover the conversation, so no field takes the focus. */
  get isTouch() {
    return this.#touch.matches;
  }

  focus() {
    this.#field.focus();
  }

  /** Say what the quoted post is now. @param {(seq: number) => import("tt/connection/frames").Post | undefined} findPost */
  updateQuote(findPost) {
    this.#reply.updateQuote(findPost);
  }

  /** What is typed. */
  get value() {
    return this.#field.value;
  }

  set value(text) {
    this.#field.value = text;
    this.#handleText();
  }

  /** @param {KeyboardEvent} event */
  #handleKey(event) {
    if (event.key === "Escape" && this.#reply.seq !== null && !event.isComposing) {
      event.preventDefault();
      this.replyTo(null);
    }
    const { ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
    const isHeld = ctrlKey || metaKey || altKey || shiftKey || isComposing;
    if (event.key === "ArrowUp" && !isHeld && this.value === "" && this.#reply.seq === null) {
      event.preventDefault();
      this.#editLast();
    }
    const isPlain = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!isPlain || this.#touch.matches) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const body = tidy(this.value);
    if (this.#isSilenced || !isVisible(body) || lengthOf(body) > LONGEST) {
      this.#field.focus();
      return;
    }
    this.#post(body, this.#reply.seq);
    this.#reply.setPost(null);
    this.value = "";
    this.#field.focus();
  }

  /** Every key: remember it, grow with it, and say when it comes near the limit. */
  #handleText() {
    for (const storage of this.#storages) storage.set(DRAFT, this.value);
    this.#field.style.blockSize = "auto";
    this.#field.style.blockSize = `${this.#field.scrollHeight}px`;
    const left = LONGEST - (this.value.length > LONGEST - NEAR ? lengthOf(this.value) : 0);
    const words = left < 0 ? `${plural(-left, "character")} too many` : `${left} left`;
    write(this.#left, left <= NEAR ? words : "");
    this.#left.classList.toggle("too-long", left < 0);
    if (left < 0) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
  }

  /** It answers another topic now; what is typed stays. @param {number} topic */
  showTopic(topic) {
    write(this.#label, `Answer topic ${topic}`);
    this.#field.placeholder = `Answer topic ${topic}…`;
  }

  /** @param {string} text like "Topic 3 in 06:42" */
  showCountdown(text) {
    write(this.#next, text);
  }

  /** What is typed next answers that post. @param {import("tt/connection/frames").Post | null} post */
  replyTo(post) {
    this.#reply.setPost(post);
    this.#field.focus();
  }

  /** The host has silenced us, or let us speak again; what is typed stays. @param {boolean} isOn */
  setSilenced(isOn) {
    this.#isSilenced = isOn;
    this.#silenced.hidden = !isOn;
    this.#button.disabled = isOn;
  }

  /**
   * Something comes back: before whatever is typed already.
   * @param {string} text
   * @param {import("tt/connection/frames").Post} [answered]
   */
  takeBack(text, answered) {
    if (answered) this.#reply.setPost(answered);
    this.value = [text, this.value].filter(Boolean).join("\n\n");
    this.#field.focus();
  }
}
