import assert from "node:assert/strict";
import { test } from "node:test";
import { RoomSocket } from "tt/connection/socket";

/** A socket with fake timers, which run when `pass` says so. */
function world({ random = 0.5, after = 0 } = {}) {
  let time = 0;
  let number = 0;
  /** @type {Map<number, { at: number, action: () => void }>} */
  const timers = new Map();
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {string[]} */
  const states = [];
  /** @type {import("tt/connection/frames").Frame[]} */
  const heard = [];
  const faults = { tooLarge: 0 };

  class FakeSocket {
    /** @param {string} url */
    constructor(url) {
      this.url = url;
      this.readyState = 0;
      this.at = time;
      /** @type {any[]} */
      this.sent = [];
      /** @type {(() => void) | null} */
      this.onopen = null;
      /** @type {((event: { data: string }) => void) | null} */
      this.onmessage = null;
      /** @type {((event: { code: number }) => void) | null} */
      this.onclose = null;
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
    opens() {
      this.readyState = 1;
      this.onopen?.();
    }
    /** @param {object} frame */
    says(frame) {
      this.onmessage?.({ data: JSON.stringify(frame) });
    }
    /** @param {number} code */
    ends(code) {
      this.readyState = 3;
      this.onclose?.({ code });
    }
    welcomes() {
      this.opens();
      this.says({ type: "welcome" });
    }
  }

  const connection = new RoomSocket({
    url: () => "ws://talk.example/ws/sessions/12/",
    after: () => after,
    onFrame: (frame) => heard.push(frame),
    onState: (state, why) => states.push(why ? `${state} ${why}` : state),
    onTooLarge: () => {
      faults.tooLarge += 1;
    },
    Socket: /** @type {any} */ (FakeSocket),
    tick: () => time,
    random: () => random,
    later: (action, ms) => {
      number += 1;
      timers.set(number, { at: time + ms, action });
      return number;
    },
    cancel: (timer) => timers.delete(timer),
  });

  /** @param {number} ms */
  function pass(ms) {
    const until = time + ms;
    for (;;) {
      const next = [...timers]
        .filter(([, { at }]) => at <= until)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (!next) break;
      timers.delete(next[0]);
      time = next[1].at;
      next[1].action();
    }
    time = until;
  }

  const last = () => /** @type {FakeSocket} */ (sockets.at(-1));
  connection.start();
  return { connection, sockets, states, heard, faults, pass, last };
}

test("the first frame has the revision that we hold", () => {
  const { last } = world({ after: 41 });
  last().opens();
  assert.deepEqual(last().sent[0], { type: "hello", after: 41 });
});

test("the socket is open once the welcome was handed over", () => {
  const { last, states, heard } = world();
  last().opens();
  assert.deepEqual(states, []);
  last().says({ type: "welcome" });
  assert.deepEqual(states, ["open"]);
  assert.equal(heard.length, 1);
  last().says({ type: "welcome" });
  assert.deepEqual(states, ["open"]);
});

test("nothing can be sent while there is no socket", () => {
  const { connection, last } = world();
  assert.equal(connection.send({ type: "ping", t: 1 }), false);
  last().opens();
  assert.equal(connection.send({ type: "ping", t: 1 }), true);
});

test("several pings come at first, and then one every ten seconds", () => {
  const { last, pass } = world();
  last().welcomes();
  const pings = () => last().sent.filter(({ type }) => type === "ping").length;
  pass(2000);
  assert.equal(pings(), 4);
  last().says({ type: "pulse" });
  pass(8000);
  assert.equal(pings(), 5);
});

test("fifteen seconds of silence lose the connection, and a moment less does not", () => {
  const { last, pass, states, sockets } = world();
  last().welcomes();
  pass(14_999);
  assert.deepEqual(states, ["open"]);
  pass(1);
  assert.deepEqual(states, ["open", "lost"]);
  assert.equal(sockets[0]?.isClosed, true);
});

test("any frame ends a silence", () => {
  const { last, pass, states } = world();
  last().welcomes();
  for (let pulse = 0; pulse < 20; pulse += 1) {
    pass(5000);
    last().says({ type: "pulse" });
  }
  assert.deepEqual(states, ["open"]);
});

test("a handshake without an answer is abandoned after six seconds, and not before", () => {
  const { pass, states } = world();
  pass(5_999);
  assert.deepEqual(states, []);
  pass(1);
  assert.deepEqual(states, ["lost"]);
});

test("a welcome may take longer than a handshake", () => {
  const { last, pass, states } = world();
  pass(5_999);
  last().opens();
  pass(14_999);
  assert.deepEqual(states, []);
  pass(1);
  assert.deepEqual(states, ["lost"]);
});

test("the wait grows from half a second to eight", () => {
  const { last, pass, sockets } = world({ random: 1 });
  const waits = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    const failed = last();
    const at = failed.at;
    failed.ends(1006);
    const known = sockets.length;
    while (sockets.length === known) pass(50);
    waits.push(last().at - at);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

test("attempts are spread over half of the wait, and never below half a second", () => {
  const { last, pass, sockets } = world({ random: 0 });
  last().ends(1006);
  pass(499);
  assert.equal(sockets.length, 1);
  pass(1);
  assert.equal(sockets.length, 2);
  last().ends(1006);
  pass(500);
  last().ends(1006);
  pass(999);
  assert.equal(sockets.length, 3);
  pass(1);
  assert.equal(sockets.length, 4);
});

for (const code of [1012, 4408, 1009]) {
  test(`after ${code} the socket reconnects within half a second`, () => {
    const { last, pass, sockets } = world();
    last().welcomes();
    last().ends(code);
    pass(499);
    assert.equal(sockets.length, 2);
  });
}

test("a server that keeps going away gets few attempts", () => {
  const { last, pass, sockets } = world({ random: 0 });
  for (let second = 0; second < 20; second += 1) {
    if (last().readyState === 0) {
      last().opens();
      last().ends(1012);
    }
    pass(1000);
  }
  assert.ok(sockets.length < 10, `${sockets.length} attempts`);
});

test("a frame over the limit is reported before anything is sent again", () => {
  const { last, faults } = world();
  last().welcomes();
  last().ends(1009);
  assert.equal(faults.tooLarge, 1);
});

test("after too many connections it waits at least ten seconds, also when nudged", () => {
  const { connection, last, pass, sockets } = world({ random: 0 });
  last().welcomes();
  last().ends(4429);
  connection.nudge();
  pass(9_999);
  assert.equal(sockets.length, 1);
  pass(1);
  assert.equal(sockets.length, 2);
});

/** @type {[number, string][]} */
const FINAL = [
  [4401, "stopped signed-out"],
  [4403, "stopped forbidden"],
  [4404, "stopped missing"],
];
for (const [code, state] of FINAL) {
  test(`after ${code} the socket says why and never reconnects`, () => {
    const { connection, last, pass, states, sockets } = world();
    last().welcomes();
    last().ends(code);
    connection.nudge();
    pass(600_000);
    assert.deepEqual(states, ["open", state]);
    assert.equal(sockets.length, 1);
  });
}

test("a nudge ends the wait", () => {
  const { connection, last, pass, sockets } = world({ random: 1 });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    last().ends(1006);
    pass(8000);
  }
  last().ends(1006);
  const known = sockets.length;
  connection.nudge();
  assert.equal(sockets.length, known + 1);
  connection.nudge();
  assert.equal(sockets.length, known + 1);
});

test("a nudge while it is open sends a ping and waits six seconds for an answer", () => {
  const { connection, last, sockets, states, pass } = world();
  last().welcomes();
  pass(2000);
  const pings = () => last().sent.filter(({ type }) => type === "ping").length;
  const known = pings();
  connection.nudge();
  assert.equal(pings(), known + 1);
  pass(5999);
  last().says({ type: "pong" });
  pass(14_999);
  assert.deepEqual([sockets.length, states], [1, ["open"]]);
  connection.nudge();
  pass(6000);
  assert.deepEqual(states, ["open", "lost"]);
});

test("missed frames are asked for once until the answer", () => {
  const { connection, last } = world();
  last().welcomes();
  const hellos = () => last().sent.filter(({ type }) => type === "hello").length;
  connection.catchUp();
  connection.catchUp();
  assert.equal(hellos(), 2);
  last().says({ type: "welcome" });
  connection.catchUp();
  assert.equal(hellos(), 3);
});

test("frames of an abandoned socket are ignored", () => {
  const { sockets, pass, heard } = world();
  const first = /** @type {any} */ (sockets[0]);
  first.welcomes();
  const known = heard.length;
  pass(15_000);
  first.says({ type: "posts" });
  first.ends(1006);
  assert.equal(heard.length, known);
});

test("after a reconnect the wait is short again", () => {
  const { last, pass, sockets } = world({ random: 1 });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    last().ends(1006);
    pass(8000);
  }
  last().welcomes();
  last().ends(1006);
  const known = sockets.length;
  pass(500);
  assert.equal(sockets.length, known + 1);
});
