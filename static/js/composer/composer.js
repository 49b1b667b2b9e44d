// The message box. Its text is stored at every key, so that it outlasts a turn of the topic, a
// reload and a lost connection.

import { Reply } from "tt/composer/reply";
import { law } from "tt/state/law";
import { isVisible, lengthOf, plural, tidy } from "tt/state/text";
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
    const stored = storages.map((storage) => storage.get(DRAFT)).find((draft) => draft) ?? "";
    // Text may be typed before this script runs.
    this.value = [stored, this.value]
      .filter((text, index, all) => text && all.indexOf(text) === index)
      .join("\n\n");
  }

  /** On touch screens the keyboard covers the conversation. */
  get isTouch() {
    return this.#touch.matches;
  }

  focus() {
    this.#field.focus();
  }

  /** The quoted post may have changed. @param {(seq: number) => import("tt/connection/frames").Post | undefined} findPost */
  updateQuote(findPost) {
    this.#reply.updateQuote(findPost);
  }

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
    if (this.#isSilenced || !isVisible(body) || lengthOf(body) > law.longest_body) {
      this.#field.focus();
      return;
    }
    this.#post(body, this.#reply.seq);
    this.#reply.setPost(null);
    this.value = "";
    this.#field.focus();
  }

  /** Store the text, fit the field to it, and say when it comes near the limit. */
  #handleText() {
    for (const storage of this.#storages) storage.set(DRAFT, this.value);
    this.#field.style.blockSize = "auto";
    this.#field.style.blockSize = `${this.#field.scrollHeight}px`;
    const left =
      law.longest_body - (this.value.length > law.longest_body - NEAR ? lengthOf(this.value) : 0);
    const words = left < 0 ? `${plural(-left, "character")} too many` : `${left} left`;
    write(this.#left, left <= NEAR ? words : "");
    this.#left.classList.toggle("too-long", left < 0);
    if (left < 0) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
  }

  /** Another topic began; the text stays. @param {number} topic */
  showTopic(topic) {
    write(this.#label, `Answer topic ${topic}`);
    this.#field.placeholder = `Answer topic ${topic}…`;
  }

  /** @param {string} text like "Topic 3 in 06:42" */
  showCountdown(text) {
    write(this.#next, text);
  }

  /** The next post answers this one. @param {import("tt/connection/frames").Post | null} post */
  replyTo(post) {
    this.#reply.setPost(post);
    this.#field.focus();
  }

  /** The host has muted us, or let us post again; the text stays. @param {boolean} isOn */
  setSilenced(isOn) {
    this.#isSilenced = isOn;
    this.#silenced.hidden = !isOn;
    this.#button.disabled = isOn;
  }

  /**
   * Put a text that was not posted back into the field, before what is there.
   * @param {string} text
   * @param {import("tt/connection/frames").Post} [answered]
   */
  takeBack(text, answered) {
    if (answered) this.#reply.setPost(answered);
    this.value = [text, this.value].filter(Boolean).join("\n\n");
    this.#field.focus();
  }
}
