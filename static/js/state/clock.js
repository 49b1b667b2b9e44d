// The law of the room in the browser, and the server's time. Knows no DOM, no socket, no timer.

export const TOPICS = 3;
export const TOPIC = 600_000;
export const LOBBY = 600_000;
const WARNINGS = /** @type {const} */ ([
  { at: 120_000, until: 90_000 },
  { at: 30_000, until: 0 },
]);
const DRIFT = 1e-4;
/** A round trip that tells the time well. */
const FAIR = 200;
/** What the clock on the wall gains on the steady one without a reason to look into. */
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
 * bounds of all answers are intersected, widening a little with time, so the best of several
 * counts and a slow one changes nothing. They start again when they no longer meet: then one of
 * the clocks was set.
 */
export class ServerClock {
  #wall;
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  #at;
  #ahead;

  /**
   * @param {() => number} [tick] milliseconds of a clock that is never set
   * @param {() => number} [wall] milliseconds of the clock on the wall, which may be wrong
   */
  constructor(tick = () => performance.now(), wall = () => Date.now()) {
    this.tick = tick;
    this.#wall = wall;
    this.#at = tick();
    this.#ahead = wall() - this.#at;
  }

  /**
   * The server's time in milliseconds; our own until the server was heard.
   *
   * Half of a round trip is taken as the way back, but of a slow one no more than of one that
   * took FAIR: nobody knows which half of it was slow, and a turn must not be told early.
   */
  now() {
    if (this.#low === Number.NEGATIVE_INFINITY) return this.#wall();
    const back = this.#high === Number.POSITIVE_INFINITY ? 0 : (this.#high - this.#low) / 2;
    return this.tick() + this.#low + Math.min(back, FAIR / 2);
  }

  /**
   * Did this device sleep? Then the steady clock of most of them stood still, which the clock on
   * the wall shows. It may just as well have been set: the next answer to a ping decides.
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
   * A frame that came from the server carried its time.
   * @param {string} now ISO 8601
   */
  noteTime(now) {
    this.#narrowBounds(Date.parse(now) - this.tick(), Number.POSITIVE_INFINITY);
  }

  /**
   * What was asked at `sent`, by our clock, was answered.
   * @param {number} sent
   * @param {string} now ISO 8601
   * @param {number} [received] when the answer came
   */
  noteAnswer(sent, now, received = this.tick()) {
    const server = Date.parse(now);
    // The server's time is cut to whole milliseconds.
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
 * The page carries the server's time. It was written while we waited for the page, so it tells the
 * time as the answer to a ping does, unless the page came out of the browser's own store.
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
