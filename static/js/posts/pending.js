// Our posts that the room does not show yet, below the conversation: waiting, retried or refused.

import { quoteOf } from "tt/state/quote";
import { make, part, renderFace, stamp, write } from "tt/ui/dom";

/** @typedef {import("tt/state/outbox").Entry} Entry */

const QUICK = "You’re posting fast. This will be sent in a moment.";

export class Pending {
  #root;
  #me;
  #findPost;
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {{ id: number, name: string }} options.me
   * @param {(seq: number) => import("tt/connection/frames").Post | undefined} options.findPost
   * @param {(id: string, choice: "retry" | "edit" | "discard") => void} options.choose
   */
  constructor(root, { me, findPost, choose }) {
    this.#root = part(root, "pending");
    this.#me = me;
    this.#findPost = findPost;
    this.#root.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      const id = button?.closest("article")?.dataset.id;
      if (button && id) choose(id, /** @type {"retry"} */ (button.value));
    });
  }

  /**
   * @param {Entry[]} entries
   * @param {{ topic: number | null, isOpen: boolean }} room
   */
  renderEntries(entries, room) {
    const items = entries.map((entry) => this.#renderEntry(entry, room));
    const ids = new Set(entries.map((entry) => entry.id));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    items.forEach((item, index) => {
      const there = this.#root.children[index] ?? null;
      if (there !== item) this.#root.insertBefore(item, there);
    });
  }

  /**
   * @param {Entry} entry
   * @param {{ topic: number | null, isOpen: boolean }} room
   */
  #renderEntry(entry, room) {
    const item = this.#items.get(entry.id) ?? stampPending();
    this.#items.set(entry.id, item);
    item.dataset.id = entry.id;
    item.dataset.state = entry.state;
    renderFace(part(item, "face"), this.#me);
    write(part(item, "who"), this.#me.name);
    const answered = entry.reply_to ? this.#findPost(entry.reply_to) : undefined;
    part(item, "re").hidden = !answered;
    if (answered) {
      write(part(item, "re-who"), answered.author.name);
      write(part(item, "re-line"), quoteOf(answered));
    }
    write(part(item, "body"), entry.body);
    write(part(item, "status"), statusOf(entry, room));
    part(item, "choices").hidden = entry.state !== "failed" && entry.state !== "held";
    part(item, "retry").hidden = entry.state === "held";
    return item;
  }
}

/** A post with a status in the place of its time, and with buttons for its author. */
function stampPending() {
  const item = stamp("post-pattern");
  item.classList.add("pending-post");
  item.removeAttribute("tabindex");
  part(item, "re").removeAttribute("href");
  const status = make("span", "", "small dim");
  status.dataset.part = "status";
  part(item, "at").replaceWith(status);
  item.append(stamp("pending-choices"));
  return item;
}

/**
 * @param {Entry} entry
 * @param {{ topic: number | null, isOpen: boolean }} room
 */
function statusOf({ state, reason, code, topic, sent }, room) {
  if (state === "failed") return `Not posted. ${reason}`;
  if (state === "held") return code === "too_fast" ? QUICK : `Waiting. ${reason}`;
  const other = topic !== null && room.topic !== null && topic !== room.topic;
  const turned = other ? `, written for topic ${topic}` : "";
  if (state === "stored" || sent) return `Sending${turned}…`;
  return `${room.isOpen ? "Waiting" : "Waiting for connection"}${turned}`;
}
