import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "tt/connection/connection";
import { Polling } from "tt/connection/polling";
import { RoomSocket } from "tt/connection/socket";
import { server, settle, timers } from "../support/fakes.js";

/** A connection with a real RoomSocket and real Polling, over a fake network. */
function world({ http = true } = {}) {
  const clock = timers();
  const room = server();
  /** @type {any[]} */
  const sockets = [];
  /** @type {string[]} */
  const states = [];
  /** @type {any[]} */
  const heard = [];
  const held = { rev: 0 };

  class FakeSocket {
    constructor() {
      this.readyState = 0;
      /** @type {any[]} */
      this.sent = [];
      this.isClosed = false;
      sockets.push(this);
    }
    /** @param {string} text */
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.isClosed = true;
    }
    /** @param {object} frame */
    says(frame) {
      /** @type {any} */ (this).onmessage?.({ data: JSON.stringify(frame) });
    }
    /** @param {number} rev */
    welcomes(rev) {
      this.readyState = 1;
      /** @type {any} */ (this).onopen?.();
      this.says({ type: "welcome", rev });
    }
    fails(code = 1006) {
      this.readyState = 3;
      /** @type {any} */ (this).onclose?.({ code });
    }
  }

  const after = () => held.rev;
  const random = () => 0;
  const connection = new Connection({
    socket: (listener) =>
      new RoomSocket({
        ...clock,
        ...listener,
        url: () => "ws://talk.example/",
        after,
        random,
        Socket: /** @type {any} */ (FakeSocket),
      }),
    loadHttp: http
      ? async (listener) =>
          new Polling({
            ...clock,
            ...listener,
            url: "/api/",
            csrf: "token",
            after,
            random,
            fetchUrl: /** @type {any} */ (room.ask),
          })
      : null,
    onFrame: (/** @type {any} */ frame) => {
      heard.push(frame);
      if (frame.type === "welcome") held.rev = frame.rev;
    },
    onState: (state, why) => states.push(why ? `${state} ${why}` : state),
    onKind: (kind) => states.push(kind),
    ...clock,
  });
  connection.start();
  const last = () => sockets.at(-1);
  const lastGet = () => /** @type {any} */ (room.gets().at(-1));
  /** Two sockets fail, half a second apart. */
  async function blocked() {
    last().fails();
    await clock.pass(500);
    last().fails();
    await settle();
  }
  /** @param {number} rev */
  const welcomes = (rev) => lastGet().answer(200, { type: "welcome", rev });
  /** Let time pass without anything new: answer long requests and pings. @param {number} ms */
  async function quiet(ms) {
    for (let left = ms; left > 0; left -= 10_000) {
      await clock.pass(Math.min(left, 10_000));
      await welcomes(held.rev);
      for (const post of room.posts()) await post.answer(204);
    }
  }
  const parts = {
    connection,
    room,
    sockets,
    states,
    heard,
    last,
    lastGet,
    blocked,
    welcomes,
    quiet,
  };
  return { ...parts, ...clock };
}

test("a connection begins with a socket and makes no request while that works", async () => {
  const { last, states, room, pass } = world();
  last().welcomes(1);
  for (let pulse = 0; pulse < 30; pulse += 1) {
    await pass(5000);
    last().says({ type: "pulse" });
  }
  assert.deepEqual(states, ["open"]);
  assert.equal(room.requests.length, 0);
});

test("two failures within ten seconds lead to HTTP, and one does not", async () => {
  const { connection, last, states, room, pass, quiet, welcomes, sockets } = world();
  last().fails();
  await pass(500);
  assert.equal(room.requests.length, 0);
  last().fails();
  await settle();
  assert.equal(room.gets().length, 1);
  assert.equal(connection.kind, "socket");
  await welcomes(4);
  assert.equal(connection.kind, "http");
  assert.deepEqual(states, ["lost", "lost", "lost", "open", "http"]);
  const known = sockets.length;
  await quiet(59_000);
  assert.equal(sockets.length, known);
  assert.equal(connection.send({ type: "typing" }), true);
});

test("two failures more than ten seconds apart do not lead to HTTP", async () => {
  const { last, room, pass } = world();
  last().fails();
  await pass(500);
  last().welcomes(1);
  await pass(10_000);
  last().fails();
  assert.equal(room.requests.length, 0);
});

test("a handshake that is never answered counts as two failures", async () => {
  const { connection, room, pass, welcomes } = world();
  await pass(5_999);
  assert.equal(room.gets().length, 0);
  await pass(1);
  assert.equal(room.gets().length, 1);
  await welcomes(2);
  assert.equal(connection.kind, "http");
});

test("closes by the room itself do not lead to HTTP", async () => {
  for (const code of [1012, 4408, 4429, 1009]) {
    const { last, room, pass } = world();
    last().welcomes(1);
    last().fails(code);
    await pass(1000);
    last().fails(code);
    assert.equal(room.requests.length, 0, `${code}`);
  }
});

test("the socket goes on trying when HTTP fails as well", async () => {
  const { connection, lastGet, blocked, pass, sockets, states } = world();
  await blocked();
  await lastGet().fail();
  assert.equal(connection.kind, "socket");
  const known = sockets.length;
  await pass(8000);
  assert.ok(sockets.length > known);
  assert.ok(!states.includes("http"));
  sockets.at(-1).welcomes(3);
  assert.equal(states.at(-1), "open");
});

test("a socket that opens while HTTP is tried wins, and HTTP is ignored", async () => {
  const { connection, lastGet, blocked, pass, last, heard } = world();
  await blocked();
  const probe = lastGet();
  await pass(1000);
  last().welcomes(5);
  assert.equal(probe.isAborted(), true);
  await probe.answer(200, { type: "welcome", rev: 4 });
  assert.equal(connection.kind, "socket");
  assert.deepEqual(
    heard.map(({ rev }) => rev),
    [5],
  );
});

test("frames of the old socket are ignored after the change to HTTP", async () => {
  const { blocked, pass, welcomes, sockets, heard, states } = world();
  await blocked();
  await pass(500);
  const third = sockets.at(-1);
  await welcomes(4);
  assert.equal(third.isClosed, true);
  third.welcomes(9);
  assert.deepEqual(
    heard.map(({ rev }) => rev),
    [4],
  );
  assert.equal(states.at(-1), "http");
});

test("the socket is tried again each minute and takes over with its welcome", async () => {
  const { connection, blocked, pass, quiet, welcomes, lastGet, sockets, states, heard } = world();
  await blocked();
  await welcomes(4);
  const known = sockets.length;
  await quiet(60_000);
  assert.equal(sockets.length, known + 1);
  sockets.at(-1).fails();
  await quiet(59_999);
  assert.equal(sockets.length, known + 1);
  await pass(1);
  assert.equal(sockets.length, known + 2);
  assert.equal(connection.kind, "http");
  await pass(1000);
  const held = lastGet();
  sockets.at(-1).welcomes(8);
  assert.equal(connection.kind, "socket");
  assert.equal(held.isAborted(), true);
  assert.deepEqual(states.slice(-3), ["lost", "open", "socket"]);
  assert.equal(heard.at(-1).rev, 8);
  await pass(10_000);
  assert.equal(lastGet(), held);
});

test("posts go over HTTP while the socket is tried", async () => {
  const { connection, blocked, quiet, welcomes, sockets, room } = world();
  await blocked();
  await welcomes(4);
  await quiet(60_000);
  assert.equal(connection.send({ type: "post", id: "a", body: "One" }), true);
  const sent = room.posts().map(({ init }) => JSON.parse(init.body).id);
  assert.ok(sent.includes("a"));
  assert.deepEqual(sockets.at(-1).sent, []);
});

test("a nudge tries the socket, but not twice within ten seconds", async () => {
  const { connection, blocked, pass, welcomes, sockets } = world();
  await blocked();
  await welcomes(4);
  await pass(11_000);
  const known = sockets.length;
  connection.nudge();
  assert.equal(sockets.length, known + 1);
  sockets.at(-1).fails();
  connection.nudge();
  assert.equal(sockets.length, known + 1);
});

test("a refusal to admit over HTTP ends both transports", async () => {
  const { lastGet, blocked, pass, states, sockets } = world();
  await blocked();
  await lastGet().answer(401, { code: "signed_out", reason: "Sign in again." });
  assert.equal(states.at(-1), "stopped signed-out");
  const known = sockets.length;
  await pass(600_000);
  assert.equal(sockets.length, known);
});

test("a page without an API stays with the socket", async () => {
  const { connection, last, blocked, pass } = world({ http: false });
  await blocked();
  await pass(500);
  last().welcomes(1);
  assert.equal(connection.kind, "socket");
});
