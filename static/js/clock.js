// The law of the room in the browser, and the server's time. Knows no DOM, no socket, no timer.

export const TOPICS = 3;
export const TOPIC = 600_000;
export const LOBBY = 600_000;
const WARNINGS = /** @type {const} */ ([
  { at: 120_000, until: 90_000 },
  { at: 30_000, until: 0 },
]);
const DRIFT = 1e-4;

/** @typedef {import("tt/frames").PhaseName} PhaseName */
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
  if (now < startsAt - LOBBY) return { name: "scheduled", topic: null, endsAt: startsAt - LOBBY };
  if (now < startsAt) return { name: "lobby", topic: null, endsAt: startsAt };
  for (let topic = 1; topic <= TOPICS; topic += 1) {
    const endsAt = startsAt + topic * TOPIC;
    if (now < endsAt) return { name: "topic", topic, endsAt };
  }
  return { name: "closed", topic: null, endsAt: null };
}

/**
 * How much of each topic is over, 0 to 1.
 * @param {number} startsAt
 * @param {number} now
 */
export function fractions(startsAt, now) {
  return Array.from({ length: TOPICS }, (_, index) =>
    Math.min(1, Math.max(0, (now - startsAt - index * TOPIC) / TOPIC)),
  );
}

/**
 * The warning to be read now: of 120000 or 30000 milliseconds before a topic's end, or null.
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
 * The server's time, kept as the bounds between which its offset from our own steady clock lies.
 *
 * Whatever the server sends was written before it came, so it bounds the offset from below; the
 * answer to a ping was written after the ping was sent, so it bounds it from above as well. The
 * bounds of all answers are intersected, widening a little with time, and begin anew when they no
 * longer meet: then one of the clocks was set, or ours stood still while the machine slept.
 */
export class ServerClock {
  /** @param {() => number} [tick] milliseconds of a clock that is never set */
  constructor(tick = () => performance.now()) {
    this.tick = tick;
    this.low = Number.NEGATIVE_INFINITY;
    this.high = Number.POSITIVE_INFINITY;
    this.at = tick();
  }

  /** The server's time in milliseconds; our own until the server was heard. */
  now() {
    if (this.low === Number.NEGATIVE_INFINITY) return Date.now();
    const offset = this.high === Number.POSITIVE_INFINITY ? this.low : (this.low + this.high) / 2;
    return this.tick() + offset;
  }

  /**
   * A frame that came from the server carried its time.
   * @param {string} now ISO 8601
   */
  hear(now) {
    this.narrow(Date.parse(now) - this.tick(), Number.POSITIVE_INFINITY);
  }

  /**
   * A ping that was sent at `sent`, by our clock, was answered.
   * @param {number} sent
   * @param {string} now ISO 8601
   */
  answered(sent, now) {
    const server = Date.parse(now);
    // The server's time is cut to whole milliseconds.
    this.narrow(server - this.tick(), server + 1 - sent);
  }

  /**
   * @param {number} low
   * @param {number} high
   */
  narrow(low, high) {
    const tick = this.tick();
    const drift = (tick - this.at) * DRIFT;
    this.at = tick;
    this.low = Math.max(this.low - drift, low);
    this.high = Math.min(this.high + drift, high);
    if (this.low > this.high) [this.low, this.high] = [low, high];
  }
}
