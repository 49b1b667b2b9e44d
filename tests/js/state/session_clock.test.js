import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "tt/state/clock";
import { SessionClock } from "tt/state/session_clock";
import { ownTimers } from "../support/fakes.js";
import "../support/law.js";

const MINUTE = 60_000;
const START = Date.parse("2026-11-26T13:00:00.000Z");

/** @type {any} */
const world = globalThis;
world.PerformanceNavigationTiming ??= class {};

/** A room five minutes into topic 1, with a steady clock and a device clock that can be set. */
function room() {
  const timers = ownTimers();
  const state = { tick: 1000, set: 0, asked: 0 };
  const now = () => new Date(START + 5 * MINUTE + state.tick - 1000).toISOString();
  /** @type {string[]} */
  const turns = [];
  const sessionClock = new SessionClock({
    startsAt: START,
    isCancelled: false,
    now: now(),
    clock: new ServerClock(
      () => state.tick,
      () => state.tick + state.set,
    ),
    onSleep: () => {
      state.asked = state.tick;
    },
    onTurn: ({ phase }) => turns.push(`${phase.name} ${phase.topic ?? ""}`.trim()),
    onTick: () => {},
  });
  const pass = (/** @type {number} */ ms) => {
    state.tick += ms;
    return timers.pass(ms);
  };
  const pong = (/** @type {number} */ t) =>
    sessionClock.handleFrame(/** @type {any} */ ({ type: "pong", t, now: now() }));
  pong(state.tick);
  sessionClock.tick();
  return { state, sessionClock, turns, pass, pong };
}

test("a device clock that is set forward does not end the session", async () => {
  const { state, sessionClock, turns, pass, pong } = room();
  state.set += 60 * MINUTE;
  sessionClock.tick();
  assert.equal(sessionClock.readMoment().phase.topic, 1);
  await pass(500);
  pong(state.asked - 10);
  await pass(100);
  pong(state.asked);
  await pass(5000);
  assert.deepEqual([turns, sessionClock.phase.topic], [[], 1]);
});

test("after a sleep over the end, the session ends with the first answer or after a second", async () => {
  for (const isAnswered of [true, false]) {
    const { state, sessionClock, turns, pass } = room();
    state.set += 60 * MINUTE;
    sessionClock.tick();
    const now = new Date(START + 65 * MINUTE).toISOString();
    if (isAnswered)
      sessionClock.handleFrame(/** @type {any} */ ({ type: "pong", t: state.asked, now }));
    else await pass(999);
    assert.deepEqual(turns, isAnswered ? ["closed"] : []);
    await pass(1);
    assert.deepEqual(turns, ["closed"]);
  }
});

test("after a sleep from one topic to the next, the topic turns at once", () => {
  const { state, sessionClock, turns } = room();
  state.set += 10 * MINUTE;
  sessionClock.tick();
  assert.deepEqual(turns, ["topic 2"]);
});
