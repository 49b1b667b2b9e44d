// The course of a session in this browser: it turns by the clock, whatever comes over the wire.

import { hearPage } from "tt/browser";
import { phaseAt, ServerClock } from "tt/clock";

/** @typedef {import("tt/clock").Phase} Phase */
/** @typedef {{ phase: Phase, now: number, startsAt: number, left: number }} Moment */

export class Course {
  /**
   * @param {object} options
   * @param {number} options.startsAt
   * @param {boolean} options.isCancelled
   * @param {string} options.now the server's, when it wrote the page
   * @param {() => void} options.slept the device may have been asleep
   * @param {(moment: Moment, before: Phase) => void} options.turned
   * @param {(moment: Moment) => void} options.ticked
   */
  constructor({ startsAt, isCancelled, now, slept, turned, ticked }) {
    this.clock = new ServerClock();
    hearPage(this.clock, now);
    this.startsAt = startsAt;
    this.isCancelled = isCancelled;
    this.slept = slept;
    this.turned = turned;
    this.ticked = ticked;
    this.phase = this.moment().phase;
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  /** @returns {Moment} */
  moment() {
    const { startsAt, isCancelled } = this;
    const now = this.clock.now();
    const phase = phaseAt(startsAt, now, { cancelled: isCancelled });
    return { phase, now, startsAt, left: (phase.endsAt ?? now) - now };
  }

  /** At every whole second of what is left, and so at the very end of a phase. */
  tick() {
    clearTimeout(this.timer);
    if (this.clock.slept()) this.slept();
    const moment = this.moment();
    const before = this.phase;
    this.phase = moment.phase;
    if (before.name !== moment.phase.name || before.topic !== moment.phase.topic) {
      this.turned(moment, before);
    }
    this.ticked(moment);
    const pause = Math.max(4, moment.left % 1000 || 1000);
    this.timer = window.setTimeout(() => this.tick(), pause);
  }

  /**
   * Every frame with the server's time in it makes ours better; a phase may follow from it.
   * @param {import("tt/frames").Frame} frame
   */
  hear(frame) {
    if (frame.type === "pong") this.clock.answered(frame.t, frame.now);
    else if ("now" in frame) this.clock.hear(frame.now);
    if (frame.type === "welcome") {
      this.startsAt = Date.parse(frame.session.starts_at);
      this.isCancelled = frame.clock.phase === "cancelled";
    }
    if (frame.type === "agenda" && frame.topics[0]) {
      // The session may have been moved.
      this.startsAt = Date.parse(frame.topics[0].starts_at);
      this.tick();
    }
    if (frame.type === "clock") {
      this.isCancelled = frame.phase === "cancelled";
      this.tick();
    }
  }
}
