// What we ask of the room besides posts: each is sent until it is answered, in its old order after a
// lost connection or a reload. Asking twice under one ref is asking once. Knows no DOM.

import { uuid } from "tt/state/ids";

/** @typedef {import("tt/connection/frames").Refused} Refused */

/**
 * @typedef {object} OpenRequest
 * @property {Asked} frame
 * @property {(refused: Refused | null) => void} answer
 * @property {boolean} sent over the present connection
 * @property {boolean} held the room can't do it just now; tried again by itself
 */

/** @typedef {object & { ref: string, type?: string, seq?: number, body?: string }} Asked */

const PREFIX = "wish/";

export class Requests {
  /**
   * @param {object} options
   * @param {import("tt/state/storage").PersonalStorage} options.keep
   * @param {(frame: object) => boolean} options.send false when it could not be handed over
   * @param {(refused: Refused | null, frame: Asked) => void} options.late the answer to what was
   *   asked before a reload
   * @param {() => string} [options.makeId]
   * @param {(action: () => void, ms: number) => unknown} [options.later]
   */
  constructor({ keep, send, late, makeId = uuid, later = (action, ms) => setTimeout(action, ms) }) {
    this.keep = keep;
    this.send = send;
    this.makeId = makeId;
    this.later = later;
    this.isOpen = false;
    this.order = 0;
    /** @type {OpenRequest[]} */
    this.waiting = this.kept().map((frame) => ({
      frame,
      answer: (refused) => late(refused, frame),
      sent: false,
      held: false,
    }));
  }

  /**
   * @param {object} frame
   * @returns {Promise<Refused | null>} null: it is done, and stored
   */
  ask(frame) {
    return new Promise((answer) => {
      const asked = { ...frame, ref: this.makeId() };
      this.order += 1;
      this.keep.set(PREFIX + asked.ref, JSON.stringify({ order: this.order, frame: asked }));
      this.waiting.push({ frame: asked, answer, sent: false, held: false });
      this.flush();
    });
  }

  /** The room has welcomed us. */
  opened() {
    this.isOpen = true;
    this.flush();
  }

  closed() {
    this.isOpen = false;
    for (const wish of this.waiting) wish.sent = false;
  }

  flush() {
    for (const wish of this.waiting) {
      if (!this.isOpen || wish.held) return;
      if (!wish.sent) wish.sent = this.send(wish.frame);
    }
  }

  /**
   * @param {string} ref
   * @returns {boolean} whether it was one of ours
   */
  acknowledged(ref) {
    const wish = this.find(ref);
    if (wish) this.settle(wish, null);
    return wish !== undefined;
  }

  /**
   * @param {Refused} refused
   * @returns {boolean} whether it was one of ours
   */
  refused(refused) {
    const wish = this.find(refused.ref ?? "");
    if (!wish) return false;
    // Only what can't be stored now is worth another try that nobody asked for.
    if (refused.code === "unavailable" && refused.retry_after) {
      Object.assign(wish, { sent: false, held: true });
      this.later(() => this.release(wish), refused.retry_after * 1000);
    } else this.settle(wish, refused);
    return true;
  }

  /** @param {OpenRequest} wish */
  release(wish) {
    wish.held = false;
    this.flush();
  }

  /**
   * @param {OpenRequest} wish
   * @param {Refused | null} refused
   */
  settle(wish, refused) {
    this.waiting.splice(this.waiting.indexOf(wish), 1);
    this.keep.set(PREFIX + wish.frame.ref, "");
    wish.answer(refused);
  }

  /** In the order in which they were asked. @returns {Asked[]} */
  kept() {
    const asked = this.keep.records(PREFIX).filter(({ frame }) => frame?.ref);
    asked.sort((a, b) => a.order - b.order);
    this.order = asked.at(-1)?.order ?? 0;
    return asked.map(({ frame }) => frame);
  }

  /** @param {string} ref */
  find(ref) {
    return this.waiting.find(({ frame }) => frame.ref === ref);
  }
}
