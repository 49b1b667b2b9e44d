// The phases of a session, and the server's time. Knows no DOM, no socket, no timer.

import { law } from "tt/state/law";

const WARNINGS = /** @type {const} */ ([
  { at: 120_000, until: 90_000 },
  { at: 30_000, until: 0 },
]);
const DRIFT = 1e-4;
/** A round trip up to this many milliseconds gives a good estimate. */
const FAIR = 200;
/** A smaller gain of the device's clock on the steady one does not count as a sleep. */
const NAP = 2000;

/** @typedef {import("tt/connection/frames").PhaseName} PhaseName */
/** @typedef {{ name: PhaseName, topic: number | null, endsAt: number | null }} Phase */

/**
 * The phase at an instant: its first instant belongs to it, its last does not.
 * @param {number} startsAt milliseconds, as `now`
 * @param {number} now
 * @param {{ cancelled?: boolean }} [options]
 * @returns {Phase}
 */
export function phaseAt(startsAt, now, { cancelled = false } = {}) {
  if (cancelled) return { name: "cancelled", topic: null, endsAt: null };
  if (now < startsAt - law.lobby)
    return { name: "scheduled", topic: null, endsAt: startsAt - law.lobby };
  if (now < startsAt) return { name: "lobby", topic: null, endsAt: startsAt };
  for (let topic = 1; topic <= law.topics; topic += 1) {
    const endsAt = startsAt + topic * law.topic;
    if (now < endsAt) return { name: "topic", topic, endsAt };
  }
  return { name: "closed", topic: null, endsAt: null };
}

/**
 * The fraction of each topic that is over, 0 to 1.
 * @param {number} startsAt
 * @param {number} now
 */
export function fractions(startsAt, now) {
  return Array.from({ length: law.topics }, (_, index) =>
    Math.min(1, Math.max(0, (now - startsAt - index * law.topic) / law.topic)),
  );
}

/**
 * The warning to show now: of 120000 or 30000 milliseconds before a topic's end, or null.
 * @param {Phase} phase
 * @param {number} now
 * @returns {30000 | 120000 | null}
 */
export function warningAt(phase, now) {
  if (phase.name !== "topic" || phase.endsAt === null) return null;
  const left = phase.endsAt - now;
  return WARNINGS.find(({ at, until }) => until < left && left <= at)?.at ?? null;
}

/**
 * Time left as 06:42. It shows 00:01 in the last second, and 00:00 only when nothing is left.
 * @param {number} milliseconds
 */
export function minutesSeconds(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return [Math.floor(seconds / 60), seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/**
 * The server's time, as bounds on its offset from our own steady clock.
 *
 * A frame was written before it arrived, so its time bounds the offset from below. The answer to a
 * ping was written after the ping was sent, so it bounds the offset from above as well. The bounds of
 * all answers are intersected and widen a little with time: the best of several answers counts, and
 * a slow one changes nothing. If they no longer meet, one of the clocks was set, and they start again.
 */
export class ServerClock {
  #wall;
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  #at;
  #ahead;

  /**
   * @param {() => number} [tick] milliseconds of a steady clock
   * @param {() => number} [wall] milliseconds of the device's clock, which may be wrong
   */
  constructor(tick = () => performance.now(), wall = () => Date.now()) {
    this.tick = tick;
    this.#wall = wall;
    this.#at = tick();
    this.#ahead = wall() - this.#at;
  }

  /**
   * The server's time in milliseconds; the device's until the server has sent its own.
   *
   * Half of a round trip counts as the way back, but at most half of FAIR: nobody knows which half of
   * a slow one was slow, and a turn must not come early.
   */
  now() {
    if (this.#low === Number.NEGATIVE_INFINITY) return this.#wall();
    const back = this.#high === Number.POSITIVE_INFINITY ? 0 : (this.#high - this.#low) / 2;
    return this.tick() + this.#low + Math.min(back, FAIR / 2);
  }

  /**
   * Whether this device may have slept. The steady clock of most devices stops in a sleep, which
   * their other clock shows. That clock may also have been set: the next answer to a ping decides.
   * @returns {boolean}
   */
  hasSlept() {
    const ahead = this.#wall() - this.tick();
    const gap = ahead - this.#ahead;
    this.#ahead = ahead;
    if (gap < NAP) return false;
    this.#low += gap;
    this.#high = Number.POSITIVE_INFINITY;
    return true;
  }

  /**
   * A frame had the server's time.
   * @param {string} now ISO 8601
   */
  noteTime(now) {
    this.#narrowBounds(Date.parse(now) - this.tick(), Number.POSITIVE_INFINITY);
  }

  /**
   * A question that we sent at `sent`, by our steady clock, was answered.
   * @param {number} sent
   * @param {string} now ISO 8601
   * @param {number} [received] when the answer came
   */
  noteAnswer(sent, now, received = this.tick()) {
    const server = Date.parse(now);
    // The server rounds its time down to whole milliseconds.
    this.#narrowBounds(server - received, server + 1 - sent);
  }

  /**
   * @param {number} low
   * @param {number} high
   */
  #narrowBounds(low, high) {
    const tick = this.tick();
    const drift = (tick - this.#at) * DRIFT;
    this.#at = tick;
    this.#low = Math.max(this.#low - drift, low);
    this.#high = Math.min(this.#high + drift, high);
    if (this.#low > this.#high) [this.#low, this.#high] = [low, high];
  }
}

/**
 * Note the server's time in the page. It counts like the answer to a ping, unless the page came from
 * the browser's cache.
 * @param {ServerClock} clock which goes by performance.now()
 * @param {string} now ISO 8601
 */
export function readPageTime(clock, now) {
  const [page] = performance.getEntriesByType("navigation");
  if (page instanceof PerformanceNavigationTiming && page.transferSize > 0) {
    clock.noteAnswer(page.requestStart, now, page.responseStart);
  } else {
    clock.noteTime(now);
  }
}
