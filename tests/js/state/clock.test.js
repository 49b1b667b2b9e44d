import assert from "node:assert/strict";
import { test } from "node:test";
import { fractions, minutesSeconds, phaseAt, ServerClock, warningAt } from "tt/state/clock";
import "../support/law.js";

const START = Date.parse("2026-11-26T13:00:00.000Z");
const MINUTE = 60_000;

test("each phase ends at the instant at which the next begins", () => {
  let at = START - 30 * MINUTE;
  const names = [];
  for (;;) {
    const phase = phaseAt(START, at);
    names.push(phase.topic ?? phase.name);
    if (phase.endsAt === null) break;
    assert.ok(phase.endsAt > at);
    at = phase.endsAt;
  }
  assert.deepEqual(names, ["scheduled", "lobby", 1, 2, 3, "closed"]);
});

test("a cancelled session has no other phase", () => {
  assert.equal(phaseAt(START, START + MINUTE, { cancelled: true }).name, "cancelled");
});

test("the fractions grow one after the other", () => {
  assert.deepEqual(fractions(START, START - 1), [0, 0, 0]);
  assert.deepEqual(fractions(START, START + 15 * MINUTE), [1, 0.5, 0]);
  assert.deepEqual(fractions(START, START + 40 * MINUTE), [1, 1, 1]);
});

test("warnings come two minutes and thirty seconds before a topic's end, and the first one ends", () => {
  const end = START + 10 * MINUTE;
  const at = (/** @type {number} */ left) => warningAt(phaseAt(START, end - left), end - left);
  assert.equal(at(120_001), null);
  assert.equal(at(120_000), 120_000);
  assert.equal(at(90_001), 120_000);
  assert.equal(at(90_000), null);
  assert.equal(at(30_001), null);
  assert.equal(at(30_000), 30_000);
  assert.equal(at(1), 30_000);
  assert.equal(at(0), null);
  assert.equal(warningAt(phaseAt(START, START - 1000), START - 1000), null);
});

test("the time left shows 00:00 only at the end", () => {
  assert.equal(minutesSeconds(402_000), "06:42");
  assert.equal(minutesSeconds(600_000), "10:00");
  assert.equal(minutesSeconds(1), "00:01");
  assert.equal(minutesSeconds(0), "00:00");
  assert.equal(minutesSeconds(-5), "00:00");
});

/** A server whose clock differs from ours by an offset, over a line with delays. */
function line({ offset = 5_000 } = {}) {
  const state = { tick: 1000, offset, wall: 0 };
  const clock = new ServerClock(
    () => state.tick,
    () => state.tick + state.wall,
  );
  const server = () => new Date(state.tick + state.offset).toISOString();
  const hear = (/** @type {number} */ delay) => {
    const now = server();
    state.tick += delay;
    clock.noteTime(now);
  };
  const ping = (/** @type {number} */ there, /** @type {number} */ back) => {
    const sent = state.tick;
    state.tick += there;
    const now = server();
    state.tick += back;
    clock.noteAnswer(sent, now);
  };
  const error = () => clock.now() - (state.tick + state.offset);
  return { state, clock, hear, ping, error };
}

test("a slow frame does not move the clock back", () => {
  const { hear, error } = line();
  hear(400);
  assert.equal(error(), -400);
  hear(20);
  assert.ok(Math.abs(error() + 20) < 0.1);
  hear(900);
  assert.ok(error() >= -20.2);
});

test("pings find the server's time to within half of the quickest round trip", () => {
  const { ping, error } = line();
  ping(300, 10);
  ping(10, 300);
  assert.ok(Math.abs(error()) <= 11);
  ping(4, 4);
  assert.ok(Math.abs(error()) <= 5);
});

test("a server clock that was set is followed at once", () => {
  const { state, ping, hear, error } = line();
  ping(5, 5);
  state.offset += 3_600_000;
  hear(10);
  assert.ok(Math.abs(error() + 10) < 1);
  state.offset -= 7_200_000;
  ping(5, 5);
  assert.ok(Math.abs(error()) <= 6);
});

test("the device's clock counts until the server sends its time", () => {
  assert.ok(Math.abs(new ServerClock().now() - Date.now()) < 1000);
});

for (const [slow, there, back] of /** @type {[string, number, number][]} */ ([
  ["questions delayed by 1.5 s", 1500, 5],
  ["answers delayed by 1.5 s", 5, 1500],
  ["a freeze of 4 s before the answer", 4000, 5],
  ["a freeze of 4 s after it", 5, 4000],
])) {
  test(`${slow} do not move a clock after one quick answer`, () => {
    const { ping, error } = line();
    ping(5, 5);
    for (let n = 0; n < 40; n += 1) {
      ping(there, back);
      assert.ok(Math.abs(error()) <= 25, `${error()}`);
    }
  });

  test(`${slow} never set a clock early by more than a tenth of a second`, () => {
    const { ping, hear, error } = line();
    hear(20);
    ping(there, back);
    assert.ok(error() <= 101 && error() >= -20, `${error()}`);
    ping(5, 5);
    assert.ok(Math.abs(error()) <= 6);
  });
}

test("half of a round trip counts, but never more than 100 ms", () => {
  const quick = line();
  quick.ping(100, 100);
  assert.ok(Math.abs(quick.error()) <= 1);
  const slow = line();
  slow.ping(300, 300);
  assert.ok(Math.abs(slow.error() + 200) <= 1);
});

test("the time is right at once after a sleep in which the steady clock stopped", () => {
  const { state, clock, ping, hear, error } = line();
  ping(5, 5);
  state.tick += 1000;
  assert.equal(clock.hasSlept(), false);
  // Twenty minutes pass elsewhere.
  state.offset += 1_200_000;
  state.wall += 1_200_000;
  assert.equal(clock.hasSlept(), true);
  assert.ok(Math.abs(error()) <= 6);
  assert.equal(clock.hasSlept(), false);
  // Frames from before the sleep come late.
  clock.noteTime(new Date(state.tick + state.offset - 1_200_000).toISOString());
  assert.ok(Math.abs(error()) <= 6);
  hear(5);
  ping(5, 5);
  assert.ok(Math.abs(error()) <= 6);
});

test("the next ping corrects a device clock that was set while awake", () => {
  const { state, clock, ping, error } = line();
  ping(5, 5);
  state.wall += 3_600_000;
  assert.equal(clock.hasSlept(), true);
  ping(5, 5);
  assert.ok(Math.abs(error()) <= 6);
  state.wall -= 7_200_000;
  assert.equal(clock.hasSlept(), false);
  assert.ok(Math.abs(error()) <= 6);
});

test("a gain of the device clock counts as a sleep from the limit on", () => {
  const { state, clock } = line();
  state.wall += 1999;
  assert.equal(clock.hasSlept(), false);
  state.wall += 2000;
  assert.equal(clock.hasSlept(), true);
});

test("an answer counts from when it came, not from when it is noted", () => {
  const { state, clock, error } = line();
  const now = new Date(state.tick + state.offset).toISOString();
  state.tick += 900;
  clock.noteAnswer(995, now, 1005);
  assert.ok(Math.abs(error()) <= 1);
});
