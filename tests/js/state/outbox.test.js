import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "tt/state/outbox";
import { PersonalStorage } from "tt/state/storage";
import { fakeStorage } from "../support/fakes.js";

function room({ on = fakeStorage(), session = 12, person = 7, first = 1 } = {}) {
  /** @type {string[]} */
  const sent = [];
  /** @type {[() => void, number][]} */
  const timers = [];
  let ids = first - 1;
  const outbox = new Outbox({
    storage: new PersonalStorage(on, session, person),
    send: (frame) => sent.push(/** @type {{ id: string }} */ (frame).id) > 0,
    onChange: () => {},
    makeId: () => `id-${++ids}`,
    later: (action, ms) => timers.push([action, ms]),
  });
  const refused = (/** @type {string} */ ref, /** @type {object} */ more) =>
    outbox.handleRefusal({ type: "refused", ref, code: "too_fast", reason: "Slower.", ...more });
  const states = () => outbox.entries.map(({ id, state }) => `${id} ${state}`);
  return { outbox, sent, timers, refused, states, on };
}

test("posts wait until the room has welcomed us", () => {
  const { outbox, sent, states } = room();
  outbox.addPost("one", 1);
  outbox.addPost("two", 1);
  assert.deepEqual(sent, []);
  assert.deepEqual(states(), ["id-1 waiting", "id-2 waiting"]);
  outbox.handleOpen();
  assert.deepEqual(sent, ["id-1", "id-2"]);
});

test("after a reconnect unanswered posts go first, in their order and with their ids", () => {
  const { outbox, sent } = room();
  outbox.handleOpen();
  for (const body of ["one", "two", "three"]) outbox.addPost(body, 1);
  outbox.handleAck("id-2");
  outbox.handleClose();
  outbox.addPost("four", 1);
  sent.length = 0;
  outbox.handleOpen();
  assert.deepEqual(sent, ["id-1", "id-3", "id-4"]);
});

test("an acknowledged post stays until it is seen, and is never sent again", () => {
  const { outbox, sent, states, on } = room();
  outbox.handleOpen();
  outbox.addPost("one", 1);
  outbox.handleAck("id-1");
  assert.deepEqual(states(), ["id-1 stored"]);
  assert.equal(on.kept.size, 0);
  outbox.handleClose();
  outbox.handleOpen();
  assert.deepEqual(sent, ["id-1"]);
  outbox.discardPosted([{ id: "id-1", author: { id: 7 } }], 7);
  assert.deepEqual(states(), []);
});

test("a post may come before its acknowledgement", () => {
  const { outbox, states, on } = room();
  outbox.handleOpen();
  outbox.addPost("one", 1);
  outbox.discardPosted([{ id: "id-1", author: { id: 7 } }], 7);
  outbox.handleAck("id-1");
  assert.deepEqual(states(), []);
  assert.equal(on.kept.size, 0);
});

test("another person's post with our id is not taken for ours", () => {
  const { outbox, states } = room();
  outbox.addPost("one", 1);
  outbox.discardPosted([{ id: "id-1", author: { id: 8 } }], 7);
  assert.deepEqual(states(), ["id-1 waiting"]);
});

test("a reload finds unsent posts with the same ids and in the same order", () => {
  const on = fakeStorage();
  const before = room({ on });
  before.outbox.handleOpen();
  before.outbox.addPost("one", 2);
  before.outbox.addPost("two", 2);
  const { outbox, sent } = room({ on, first: 3 });
  assert.deepEqual(
    outbox.entries.map(({ body }) => body),
    ["one", "two"],
  );
  outbox.addPost("three", 2);
  outbox.handleOpen();
  assert.deepEqual(sent, ["id-1", "id-2", "id-3"]);
});

test("stored posts belong to one person and one session", () => {
  const on = fakeStorage();
  room({ on }).outbox.addPost("one", 1);
  assert.deepEqual(room({ on, person: 8 }).states(), []);
  assert.deepEqual(room({ on, session: 13 }).states(), []);
  assert.deepEqual(room({ on, session: 1, person: 2 }).states(), []);
});

test("a refused post keeps its text and can be retried, after posts that were sent since", () => {
  const { outbox, sent, states, refused } = room();
  outbox.handleOpen();
  outbox.addPost("one", 1);
  outbox.addPost("two", 1);
  refused("id-1", { code: "not_started", reason: "Not yet." });
  assert.deepEqual(states(), ["id-1 failed", "id-2 waiting"]);
  assert.equal(outbox.findEntry("id-1")?.reason, "Not yet.");
  outbox.handleClose();
  outbox.handleOpen();
  assert.deepEqual(sent, ["id-1", "id-2", "id-2"]);
  outbox.retryPost("id-1");
  assert.deepEqual(states(), ["id-2 waiting", "id-1 waiting"]);
  assert.equal(sent.at(-1), "id-1");
});

test("a refused post is still refused after a reload", () => {
  const on = fakeStorage();
  const { outbox, refused } = room({ on });
  outbox.handleOpen();
  outbox.addPost("one", 1);
  refused("id-1", { code: "closed" });
  assert.deepEqual(room({ on }).states(), ["id-1 failed"]);
});

test("a post that may be retried later is retried, and later posts wait behind it", () => {
  const { outbox, sent, states, timers, refused } = room();
  outbox.handleOpen();
  outbox.addPost("one", 1);
  refused("id-1", { retry_after: 3 });
  outbox.addPost("two", 1);
  assert.deepEqual(states(), ["id-1 held", "id-2 waiting"]);
  assert.deepEqual(sent, ["id-1"]);
  assert.equal(timers[0]?.[1], 3000);
  timers[0]?.[0]();
  assert.deepEqual(sent, ["id-1", "id-1", "id-2"]);
});

test("two held posts keep their order whichever timer ends first", () => {
  const { outbox, sent, timers, refused } = room();
  outbox.handleOpen();
  outbox.addPost("one", 1);
  outbox.addPost("two", 1);
  refused("id-1", { retry_after: 3 });
  refused("id-2", { retry_after: 2 });
  sent.length = 0;
  timers[1]?.[0]();
  assert.deepEqual(sent, []);
  timers[0]?.[0]();
  assert.deepEqual(sent, ["id-1", "id-2"]);
});

test("a held post that was discarded is not sent when its timer ends", () => {
  const { outbox, sent, timers, refused } = room();
  outbox.handleOpen();
  outbox.addPost("one", 1);
  refused("id-1", { retry_after: 3 });
  outbox.discardPost("id-1");
  timers[0]?.[0]();
  assert.deepEqual(sent, ["id-1"]);
});

test("after a frame over the limit the largest post is never sent again, and the others are", () => {
  const { outbox, sent, states } = room();
  outbox.handleOpen();
  outbox.addPost("short", 1);
  outbox.addPost("long".repeat(9000), 1);
  outbox.failLargest();
  outbox.handleClose();
  sent.length = 0;
  outbox.handleOpen();
  assert.deepEqual(states(), ["id-1 waiting", "id-2 failed"]);
  assert.deepEqual(sent, ["id-1"]);
});

test("a refusal of something else is not taken for a post's", () => {
  const { outbox, refused } = room();
  outbox.addPost("one", 1);
  assert.equal(refused("another", {}), null);
  assert.equal(outbox.handleRefusal({ type: "refused", ref: null, code: "x", reason: "" }), null);
});

test("a storage that is full, forbidden or spoilt does not stop a post", () => {
  const forbidden = () => {
    throw new Error("denied");
  };
  const on = { ...fakeStorage(), setItem: forbidden, removeItem: forbidden, getItem: forbidden };
  const { outbox, sent } = room({ on });
  outbox.handleOpen();
  outbox.addPost("one", 1);
  outbox.handleAck("id-1");
  assert.deepEqual(sent, ["id-1"]);

  const spoilt = fakeStorage();
  spoilt.setItem("tt/12/7/send/x", "{");
  spoilt.setItem("tt/12/7/send/y", "{}");
  assert.deepEqual(room({ on: spoilt }).states(), []);
});

test("ids are different lower-case UUIDs", () => {
  const outbox = new Outbox({
    storage: new PersonalStorage(null, 1, 1),
    send: () => true,
    onChange: () => {},
  });
  const ids = [outbox.addPost("one", 1).id, outbox.addPost("two", 1).id];
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  assert.notEqual(ids[0], ids[1]);
});

test("a reply names the post that it answers, also after a reload", () => {
  const on = fakeStorage();
  /** @type {any[]} */
  const sent = [];
  const make = () =>
    new Outbox({
      storage: new PersonalStorage(on, 12, 7),
      send: (frame) => sent.push(frame) > 0,
      onChange: () => {},
      makeId: () => "id",
    });
  make().addPost("Same here", 1, 3);
  make().handleOpen();
  assert.deepEqual(sent, [{ type: "post", id: "id", body: "Same here", reply_to: 3 }]);
});
