// Follows a session through its phases, by the server's clock and without any frames.

import { phaseAt, readPageTime, ServerClock } from "tt/state/clock";

/** @typedef {import("tt/state/clock").Phase} Phase */
/** @typedef {{ phase: Phase, now: number, startsAt: number, left: number }} Moment */

/** How long a jump of the device's clock is doubted until a ping confirms it. */
const DOUBT = 1000;

export class SessionClock {
  #clock;
  #startsAt;
  #isCancelled;
  #onSleep;
  #onTurn;
  #onTick;
  /** The moment before a jump, and when we noticed the jump. @type {{ at: number, moment: Moment } | null} */
  #doubt = null;
  #last;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {object} options
   * @param {number} options.startsAt
   * @param {boolean} options.isCancelled
   * @param {string} options.now the server's time when it rendered the page
   * @param {() => void} options.onSleep the device may have been asleep
   * @param {(moment: Moment, before: Phase) => void} options.onTurn
   * @param {(moment: Moment) => void} options.onTick
   * @param {ServerClock} [options.clock]
   */
  constructor({ startsAt, isCancelled, now, onSleep, onTurn, onTick, clock = new ServerClock() }) {
    this.#clock = clock;
    readPageTime(this.#clock, now);
    this.#startsAt = startsAt;
    this.#isCancelled = isCancelled;
    this.#onSleep = onSleep;
    this.#onTurn = onTurn;
    this.#onTick = onTick;
    this.#last = this.readMoment();
    this.phase = this.#last.phase;
  }

  /** @returns {Moment} */
  readMoment() {
    const startsAt = this.#startsAt;
    const isCancelled = this.#isCancelled;
    const now = this.#clock.now();
    const phase = phaseAt(startsAt, now, { cancelled: isCancelled });
    // A device clock that was set must not end a session; topics turn at once, as after a sleep.
    if (this.#doubt && phase.name === "closed") return this.#doubt.moment;
    return { phase, now, startsAt, left: (phase.endsAt ?? now) - now };
  }

  /** Runs at every whole second of the time left, and so at the very end of a phase. */
  tick() {
    clearTimeout(this.#timer);
    const at = this.#clock.tick();
    if (this.#doubt && at - this.#doubt.at >= DOUBT) this.#doubt = null;
    if (this.#clock.hasSlept()) {
      this.#doubt = { at, moment: this.#last };
      this.#onSleep();
    }
    const moment = this.readMoment();
    this.#last = moment;
    const before = this.phase;
    this.phase = moment.phase;
    if (before.name !== moment.phase.name || before.topic !== moment.phase.topic) {
      this.#onTurn(moment, before);
    }
    this.#onTick(moment);
    const second = Math.max(4, moment.left % 1000 || 1000);
    const pause = this.#doubt ? Math.min(second, DOUBT - (at - this.#doubt.at)) : second;
    this.#timer = window.setTimeout(() => this.tick(), pause);
  }

  /**
   * Every frame with the server's time improves our clock, which may change the phase.
   * @param {import("tt/connection/frames").Frame} frame
   */
  handleFrame(frame) {
    if (frame.type === "pong") this.#handlePong(frame);
    else if ("now" in frame) this.#clock.noteTime(frame.now);
    if (frame.type === "welcome") {
      this.#startsAt = Date.parse(frame.session.starts_at);
      this.#isCancelled = frame.clock.phase === "cancelled";
    }
    if (frame.type === "agenda" && frame.topics[0]) {
      // The session may have been moved.
      this.#startsAt = Date.parse(frame.topics[0].starts_at);
      this.tick();
    }
    if (frame.type === "clock") {
      this.#isCancelled = frame.phase === "cancelled";
      this.tick();
    }
  }

  /** A ping from before the jump says nothing about it. @param {{ t: number, now: string }} pong */
  #handlePong({ t, now }) {
    this.#clock.noteAnswer(t, now);
    if (!this.#doubt || t < this.#doubt.at) return;
    this.#doubt = null;
    this.tick();
  }
}
