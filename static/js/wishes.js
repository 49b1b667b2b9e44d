// What we ask of the room besides posts: each is sent until it is answered, in its old order after a
// lost connection. Asking twice is asking once, so sending again does no harm. Knows no DOM.

import { uuid } from "tt/ids";

/** @typedef {import("tt/frames").Refused} Refused */

/**
 * @typedef {object} Wish
 * @property {object & { ref: string }} frame
 * @property {(refused: Refused | null) => void} answer
 * @property {boolean} sent over the present connection
 * @property {boolean} held the room can't do it just now; tried again by itself
 */

export class Wishes {
  /**
   * @param {object} options
   * @param {(frame: object) => boolean} options.send false when it could not be handed over
   * @param {() => string} [options.makeId]
   * @param {(action: () => void, ms: number) => unknown} [options.later]
   */
  constructor({ send, makeId = uuid, later = (action, ms) => setTimeout(action, ms) }) {
    this.send = send;
    this.makeId = makeId;
    this.later = later;
    this.isOpen = false;
    /** @type {Wish[]} */
    this.waiting = [];
  }

  /**
   * @param {object} frame
   * @returns {Promise<Refused | null>} null: it is done, and stored
   */
  ask(frame) {
    return new Promise((answer) => {
      const ref = this.makeId();
      this.waiting.push({ frame: { ...frame, ref }, answer, sent: false, held: false });
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

  /** @param {Wish} wish */
  release(wish) {
    wish.held = false;
    this.flush();
  }

  /**
   * @param {Wish} wish
   * @param {Refused | null} refused
   */
  settle(wish, refused) {
    this.waiting.splice(this.waiting.indexOf(wish), 1);
    wish.answer(refused);
  }

  /** @param {string} ref */
  find(ref) {
    return this.waiting.find(({ frame }) => frame.ref === ref);
  }
}
