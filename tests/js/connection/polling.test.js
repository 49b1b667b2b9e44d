import assert from "node:assert/strict";
import { test } from "node:test";
import { Polling } from "tt/connection/polling";
import { server, settle, timers } from "../support/fakes.js";

function world() {
  const clock = timers();
  const room = server();
  /** @type {string[]} */
  const states = [];
  /** @type {any[]} */
  const heard = [];
  const held = { rev: 0 };
  const faults = { tooLarge: 0 };
  const poll = new Polling({
    url: "/api/sessions/12/room/",
    csrf: "token",
    after: () => held.rev,
    onFrame: (/** @type {any} */ frame) => {
      heard.push(frame);
      if (frame.type === "welcome") held.rev = frame.rev;
    },
    onState: (state, why) => states.push(why ? `${state} ${why}` : state),
    onTooLarge: () => {
      faults.tooLarge += 1;
    },
    fetchUrl: /** @type {any} */ (room.ask),
    random: () => 1,
    ...clock,
  });
  poll.start();
  const lastGet = () => /** @type {any} */ (room.gets().at(-1));
  const lastPost = () => /** @type {any} */ (room.posts().at(-1));
  /** @param {number} rev */
  const welcomes = (rev) => lastGet().answer(200, { type: "welcome", rev });
  /** Open it, and answer its first ping. */
  async function open() {
    await welcomes(1);
    await lastPost().answer(200, { type: "pong", t: 0, now: "" });
  }
  return { poll, room, states, heard, held, faults, lastGet, lastPost, welcomes, open, ...clock };
}

test("the first request is answered at once, and later ones may be held", async () => {
  const { lastGet, welcomes, states, heard, pass, room } = world();
  assert.equal(lastGet().url, "/api/sessions/12/room/?after=0&wait=0");
  assert.deepEqual(states, []);
  await welcomes(7);
  assert.deepEqual(states, ["open"]);
  assert.equal(heard[0].rev, 7);
  await pass(250);
  assert.equal(lastGet().url, "/api/sessions/12/room/?after=7&wait=20");
  await welcomes(8);
  await pass(250);
  assert.equal(lastGet().url, "/api/sessions/12/room/?after=8&wait=20");
  assert.equal(room.gets().length, 3);
});

test("each request hands back the server's token", async () => {
  const { lastGet, pass } = world();
  await lastGet().answer(200, { type: "welcome", rev: 7, news: "a1-5" });
  await pass(250);
  assert.equal(lastGet().url, "/api/sessions/12/room/?after=7&wait=20&news=a1-5");
});

test("a server that holds no request is asked at most once a second", async () => {
  const { welcomes, room, pass } = world();
  await welcomes(7);
  for (let second = 0; second < 10; second += 1) {
    await pass(1000);
    await welcomes(7);
  }
  assert.ok(room.gets().length <= 12, `${room.gets().length} requests`);
});

test("frames are posted one after the other, in order, with the CSRF token", async () => {
  const { poll, room, open, heard, lastPost } = world();
  await open();
  const before = room.posts().length;
  assert.equal(poll.send({ type: "post", id: "a", body: "One" }), true);
  assert.equal(poll.send({ type: "post", id: "b", body: "Two" }), true);
  assert.equal(room.posts().length, before + 1);
  assert.equal(lastPost().init.headers["X-CSRFToken"], "token");
  assert.equal(JSON.parse(lastPost().init.body).id, "a");
  await lastPost().answer(200, { type: "ack", ref: "a", seq: 1, rev: 2 });
  assert.equal(JSON.parse(lastPost().init.body).id, "b");
  await lastPost().answer(200, { type: "refused", ref: "b", code: "too_fast", reason: "Slowly." });
  assert.deepEqual(
    heard.slice(-2).map(({ type, ref }) => [type, ref]),
    [
      ["ack", "a"],
      ["refused", "b"],
    ],
  );
});

test("an empty answer to a frame is not a failure", async () => {
  const { poll, open, lastPost, states, heard } = world();
  await open();
  const known = heard.length;
  poll.send({ type: "typing" });
  await lastPost().answer(204);
  assert.deepEqual(states, ["open"]);
  assert.equal(heard.length, known);
});

test("nothing can be sent before the connection is open or while it is lost", async () => {
  const { poll, lastGet, open } = world();
  assert.equal(poll.send({ type: "typing" }), false);
  await open();
  assert.equal(poll.send({ type: "typing" }), true);
  poll.catchUp();
  await lastGet().fail();
  assert.equal(poll.send({ type: "typing" }), false);
});

test("an unanswered frame loses the connection, and the transport does not send it again", async () => {
  const { poll, room, open, lastPost, states, pass, welcomes } = world();
  await open();
  poll.send({ type: "post", id: "a", body: "One" });
  poll.send({ type: "post", id: "b", body: "Two" });
  await lastPost().fail();
  assert.deepEqual(states, ["open", "lost"]);
  const known = room.posts().length;
  await pass(1000);
  await welcomes(3);
  assert.deepEqual(states, ["open", "lost", "open"]);
  const since = room.posts().slice(known);
  assert.deepEqual(
    since.map(({ init }) => JSON.parse(init.body).type),
    ["ping"],
  );
});

test("after too many frames it waits as long as it is told and sends the same one again", async () => {
  const { poll, room, open, lastPost, states, pass } = world();
  await open();
  poll.send({ type: "post", id: "a", body: "One" });
  await lastPost().answer(429, { code: "too_fast", reason: "Slowly." }, { "Retry-After": "3" });
  poll.send({ type: "post", id: "b", body: "Two" });
  const known = room.posts().length;
  await pass(2999);
  assert.equal(room.posts().length, known);
  await pass(1);
  assert.equal(JSON.parse(lastPost().init.body).id, "a");
  assert.deepEqual(states, ["open"]);
});

test("a frame that the server rejects is reported as refused", async () => {
  const { poll, open, lastPost, heard, faults, states } = world();
  await open();
  poll.send({ type: "post", id: "a", body: "One" });
  await lastPost().answer(403, { code: "csrf", reason: "Reload the page." });
  assert.deepEqual(heard.at(-1), {
    type: "refused",
    ref: "a",
    code: "csrf",
    reason: "Reload the page.",
  });
  poll.send({ type: "react", ref: "r1", seq: 1, emoji: "💡", on: true });
  await lastPost().answer(400);
  assert.equal(heard.at(-1).ref, "r1");
  poll.send({ type: "post", id: "b", body: "Too much" });
  await lastPost().answer(413, { code: "too_large", reason: "Too large." });
  assert.equal(faults.tooLarge, 1);
  assert.deepEqual(states, ["open"]);
});

/** @type {[number, string][]} */
const FINAL = [
  [401, "stopped signed-out"],
  [403, "stopped forbidden"],
  [404, "stopped missing"],
];
for (const [status, state] of FINAL) {
  test(`after ${status} polling says why and stops`, async () => {
    const { poll, room, open, lastGet, states, pass } = world();
    await open();
    poll.catchUp();
    await lastGet().answer(status, { code: "x", reason: "y" });
    poll.nudge();
    await pass(600_000);
    assert.deepEqual(states, ["open", state]);
    assert.equal(room.gets().length, 2);
  });
}

test("the wait grows from a second to fifteen, and a nudge ends it", async () => {
  const { poll, room, tick, lastGet, pass } = world();
  const waits = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const known = room.gets().length;
    const at = tick();
    await lastGet().fail();
    while (room.gets().length === known) await pass(100);
    waits.push(tick() - at);
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 15_000, 15_000]);
  await lastGet().fail();
  const known = room.gets().length;
  poll.nudge();
  assert.equal(room.gets().length, known + 1);
});

test("a request without an answer for half a minute is abandoned", async () => {
  const { open, lastGet, pass, states } = world();
  await open();
  await pass(250);
  await pass(29_999);
  assert.deepEqual(states, ["open"]);
  await pass(1);
  assert.equal(lastGet().isAborted(), true);
  assert.deepEqual(states, ["open", "lost"]);
});

test("a proxy’s page is not taken for a welcome", async () => {
  const { room, states } = world();
  await room.gets()[0]?.answer(200, undefined);
  assert.deepEqual(states, ["lost"]);
});

test("missed frames are asked for at once, and once until the answer", async () => {
  const { poll, room, open, pass, lastGet } = world();
  await open();
  await pass(250);
  const waiting = lastGet();
  poll.catchUp();
  poll.catchUp();
  assert.equal(waiting.isAborted(), true);
  assert.equal(room.gets().length, 3);
  assert.equal(lastGet().url, "/api/sessions/12/room/?after=1&wait=0");
});

test("answers after a stop are ignored", async () => {
  const { poll, room, open, heard, pass, lastGet, lastPost, states } = world();
  await open();
  await pass(250);
  poll.send({ type: "post", id: "a", body: "One" });
  const known = heard.length;
  poll.stop();
  assert.equal(lastPost().isAborted(), true);
  await lastGet().answer(200, { type: "welcome", rev: 9 });
  await lastPost().answer(200, { type: "ack", ref: "a" });
  await pass(600_000);
  await settle();
  assert.equal(heard.length, known);
  assert.deepEqual(states, ["open"]);
  assert.equal(poll.send({ type: "typing" }), false);
  assert.equal(room.gets().length, 2);
});

test("a ping has the time at which it left, not at which it began to wait", async () => {
  const { open, poll, room, pass, lastPost, tick } = world();
  await open();
  poll.send({ type: "post", id: "a", body: "Slow" });
  poll.send({ type: "ping", t: 0 });
  await pass(1500);
  await lastPost().answer(200, { type: "ack", ref: "a" });
  const { type, t } = JSON.parse(lastPost().init.body);
  assert.deepEqual([type, t, tick()], ["ping", 1500, 1500]);
  assert.equal(room.posts().length, 3);
});

test("several pings come at first, and few later", async () => {
  const { open, room, pass, lastPost } = world();
  await open();
  const pings = async (/** @type {number} */ ms) => {
    await pass(ms);
    await lastPost().answer(200, { type: "pong", t: 0, now: "" });
    return room.posts().length;
  };
  assert.equal(await pings(2000), 2);
  assert.equal(await pings(5000), 3);
  assert.equal(await pings(20_000), 3);
});

test("a nudge while it is open asks for frames and for the time at once", async () => {
  const { open, poll, room, pass, lastGet } = world();
  await open();
  await pass(250);
  const [gets, posts] = [room.gets().length, room.posts().length];
  const waiting = lastGet();
  poll.nudge();
  await pass(0);
  assert.equal(waiting.isAborted(), true);
  assert.match(lastGet().url, /wait=0$/);
  assert.deepEqual([room.gets().length, room.posts().length], [gets + 1, posts + 1]);
});
