// Our posts until the room shows them: sent in order, stored so that none is lost. Knows no DOM.

import { uuid } from "tt/state/ids";

/** @typedef {import("tt/connection/frames").Refused} Refused */

/**
 * waiting: to be sent, or sent and not answered. held: refused for a while, will be retried.
 * stored: acknowledged, but not among the posts yet. failed: refused; its author decides.
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} body
 * @property {number | null} topic the one that was on when it was written
 * @property {number} [reply_to] the seq of the post that it answers
 * @property {number} order
 * @property {"waiting" | "held" | "stored" | "failed"} state
 * @property {string} [reason]
 * @property {string} [code]
 * @property {boolean} [sent] over the present connection
 */

const PREFIX = "send/";

export class Outbox {
  #storage;
  #send;
  #onChange;
  #makeId;
  #later;
  #order;

  /**
   * @param {object} options
   * @param {import("tt/state/storage").PersonalStorage} options.storage
   * @param {(frame: object) => boolean} options.send false if there is no connection
   * @param {() => void} options.onChange
   * @param {() => string} [options.makeId]
   * @param {(action: () => void, ms: number) => unknown} [options.later]
   */
  constructor({ storage, send, onChange, makeId = uuid, later = defer }) {
    this.#storage = storage;
    this.#send = send;
    this.#onChange = onChange;
    this.#makeId = makeId;
    this.#later = later;
    this.isOpen = false;
    /** @type {Entry[]} */
    this.entries = this.#readStored();
    this.#order = Math.max(0, ...this.entries.map((entry) => entry.order));
  }

  /**
   * @param {string} body tidy
   * @param {number | null} topic
   * @param {number | null} [replyTo]
   * @param {string} [id] a draft's
   */
  addPost(body, topic, replyTo = null, id = this.#makeId()) {
    this.discardPost(id);
    this.#order += 1;
    /** @type {Entry} */
    const entry = { id, body, topic, order: this.#order, state: "waiting" };
    if (replyTo !== null) entry.reply_to = replyTo;
    this.entries.push(entry);
    this.#storeEntry(entry);
    this.#sendWaiting();
    this.#onChange();
    return entry;
  }

  /** We are connected: send what was not answered first, in its old order. */
  handleOpen() {
    this.isOpen = true;
    this.#sendWaiting();
    this.#onChange();
  }

  handleClose() {
    this.isOpen = false;
    for (const entry of this.entries) entry.sent = false;
    this.#onChange();
  }

  #sendWaiting() {
    for (const entry of this.entries) {
      if (!this.isOpen || entry.state === "held") return;
      if (entry.state === "waiting" && !entry.sent) {
        const { id, body, reply_to } = entry;
        entry.sent = this.#send({ type: "post", id, body, ...(reply_to && { reply_to }) });
      }
    }
  }

  /** @param {string} ref */
  handleAck(ref) {
    const entry = this.findEntry(ref);
    if (!entry) return;
    entry.state = "stored";
    this.#storage.set(PREFIX + entry.id, "");
    this.#onChange();
  }

  /**
   * @param {Refused} refused
   * @returns {Entry | null} the post that it answers
   */
  handleRefusal({ ref, code, reason, retry_after: wait }) {
    const entry = this.findEntry(ref ?? "");
    if (!entry || entry.state === "stored") return null;
    Object.assign(entry, { code, reason, sent: false, state: wait ? "held" : "failed" });
    if (wait) this.#later(() => this.#releaseEntry(entry), wait * 1000);
    this.#storeEntry(entry);
    this.#onChange();
    return entry;
  }

  /**
   * Posts came: discard our entries that are among them.
   * @param {Iterable<{ id: string, author: { id: number } }>} posts
   * @param {number} me
   */
  discardPosted(posts, me) {
    if (this.entries.length === 0) return;
    for (const post of posts) if (post.author.id === me) this.discardPost(post.id);
  }

  /** The server closed the connection because a frame was too large: never send that one again. */
  failLargest() {
    const unanswered = this.entries.filter((entry) => entry.sent && entry.state === "waiting");
    const largest = unanswered.sort((a, b) => b.body.length - a.body.length)[0];
    if (!largest) return;
    const reason = "This is too long to send. Shorten it or split it in two.";
    Object.assign(largest, { state: "failed", code: "too_large", reason });
    this.#storeEntry(largest);
    this.#onChange();
  }

  /** @param {string} id */
  retryPost(id) {
    const entry = this.findEntry(id);
    if (!entry) return;
    this.#order += 1;
    Object.assign(entry, { state: "waiting", sent: false, order: this.#order, reason: "" });
    this.entries.sort((a, b) => a.order - b.order);
    this.#storeEntry(entry);
    this.#sendWaiting();
    this.#onChange();
  }

  /** @param {string} id */
  discardPost(id) {
    const index = this.entries.findIndex((entry) => entry.id === id);
    if (index < 0) return;
    this.entries.splice(index, 1);
    this.#storage.set(PREFIX + id, "");
    this.#onChange();
  }

  /** @param {Entry} entry */
  #releaseEntry(entry) {
    if (entry.state !== "held") return;
    entry.state = "waiting";
    this.#sendWaiting();
    this.#onChange();
  }

  /** @param {string} id */
  findEntry(id) {
    return this.entries.find((entry) => entry.id === id);
  }

  /** @param {Entry} entry */
  #storeEntry({ sent: _, ...entry }) {
    this.#storage.set(PREFIX + entry.id, JSON.stringify(entry));
  }

  /** @returns {Entry[]} */
  #readStored() {
    /** @type {Entry[]} */
    const entries = this.#storage.records(PREFIX).filter(({ id, body }) => id && body);
    for (const entry of entries) if (entry.state !== "failed") entry.state = "waiting";
    return entries.sort((a, b) => a.order - b.order);
  }
}

/**
 * @param {() => void} action
 * @param {number} ms
 */
function defer(action, ms) {
  setTimeout(action, ms);
}
