// Our requests to the room other than posts: each is sent until it is answered, in its old order
// after a lost connection or a reload. A request that arrives twice has its effect once.

import { uuid } from "tt/state/ids";

/** @typedef {import("tt/connection/frames").Refused} Refused */

/**
 * @typedef {object} OpenRequest
 * @property {Asked} frame
 * @property {(refused: Refused | null) => void} answer
 * @property {boolean} sent over the present connection
 * @property {boolean} held the room can't do it now; will be retried
 */

/** @typedef {object & { ref: string, type?: string, seq?: number, body?: string }} Asked */

const PREFIX = "wish/";

export class Requests {
  #storage;
  #send;
  #makeId;
  #later;
  #isOpen = false;
  #order = 0;
  /** @type {OpenRequest[]} */
  #waiting;

  /**
   * @param {object} options
   * @param {import("tt/state/storage").PersonalStorage} options.storage
   * @param {(frame: object) => boolean} options.send false if there is no connection
   * @param {(refused: Refused | null, frame: Asked) => void} options.onLateAnswer for requests
   *   from before a reload
   * @param {() => string} [options.makeId]
   * @param {(action: () => void, ms: number) => unknown} [options.later]
   */
  constructor({
    storage,
    send,
    onLateAnswer,
    makeId = uuid,
    later = (action, ms) => setTimeout(action, ms),
  }) {
    this.#storage = storage;
    this.#send = send;
    this.#makeId = makeId;
    this.#later = later;
    this.#waiting = this.#readStored().map((frame) => ({
      frame,
      answer: (refused) => onLateAnswer(refused, frame),
      sent: false,
      held: false,
    }));
  }

  /**
   * @param {object} frame
   * @returns {Promise<Refused | null>} null once it is done and stored
   */
  sendRequest(frame) {
    return new Promise((answer) => {
      const asked = { ...frame, ref: this.#makeId() };
      this.#order += 1;
      this.#storage.set(PREFIX + asked.ref, JSON.stringify({ order: this.#order, frame: asked }));
      this.#waiting.push({ frame: asked, answer, sent: false, held: false });
      this.#sendWaiting();
    });
  }

  /** We are connected. */
  handleOpen() {
    this.#isOpen = true;
    this.#sendWaiting();
  }

  handleClose() {
    this.#isOpen = false;
    for (const request of this.#waiting) request.sent = false;
  }

  #sendWaiting() {
    for (const request of this.#waiting) {
      if (!this.#isOpen || request.held) return;
      if (!request.sent) request.sent = this.#send(request.frame);
    }
  }

  /**
   * @param {string} ref
   * @returns {boolean} whether it was one of ours
   */
  handleAck(ref) {
    const request = this.#findRequest(ref);
    if (request) this.#settleRequest(request, null);
    return request !== undefined;
  }

  /**
   * @param {Refused} refused
   * @returns {boolean} whether it was one of ours
   */
  handleRefusal(refused) {
    const request = this.#findRequest(refused.ref ?? "");
    if (!request) return false;
    // Retry only if the room can't store anything now; other refusals are for the person.
    if (refused.code === "unavailable" && refused.retry_after) {
      Object.assign(request, { sent: false, held: true });
      this.#later(() => this.#releaseRequest(request), refused.retry_after * 1000);
    } else this.#settleRequest(request, refused);
    return true;
  }

  /** @param {OpenRequest} request */
  #releaseRequest(request) {
    request.held = false;
    this.#sendWaiting();
  }

  /**
   * @param {OpenRequest} request
   * @param {Refused | null} refused
   */
  #settleRequest(request, refused) {
    this.#waiting.splice(this.#waiting.indexOf(request), 1);
    this.#storage.set(PREFIX + request.frame.ref, "");
    request.answer(refused);
  }

  /** The stored requests, in order. @returns {Asked[]} */
  #readStored() {
    const asked = this.#storage.records(PREFIX).filter(({ frame }) => frame?.ref);
    asked.sort((a, b) => a.order - b.order);
    this.#order = asked.at(-1)?.order ?? 0;
    return asked.map(({ frame }) => frame);
  }

  /** @param {string} ref */
  #findRequest(ref) {
    return this.#waiting.find(({ frame }) => frame.ref === ref);
  }
}
