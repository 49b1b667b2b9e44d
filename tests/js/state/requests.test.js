import assert from "node:assert/strict";
import { test } from "node:test";
import { Requests } from "tt/state/requests";
import { PersonalStorage } from "tt/state/storage";
import { settle, shelf, timers } from "../support/fakes.js";

function room({ on = shelf(), first = 1 } = {}) {
  const time = timers();
  /** @type {any[]} */
  const sent = [];
  let isThere = true;
  let ids = first - 1;
  /** @type {any[]} */
  const late = [];
  const wishes = new Requests({
    storage: new PersonalStorage(on, 12, 7),
    onLateAnswer: (refused, frame) => late.push([frame.type, refused?.code ?? "done"]),
    send: (frame) => {
      if (isThere) sent.push(frame);
      return isThere;
    },
    makeId: () => `ref-${++ids}`,
    later: time.later,
  });
  /** @type {any[]} */
  const answers = [];
  /** @param {object} frame */
  const ask = (frame) =>
    wishes.sendRequest(frame).then((answer) => answers.push(answer?.code ?? "done"));
  const cut = () => {
    isThere = false;
    wishes.handleClose();
  };
  const heal = () => {
    isThere = true;
    wishes.handleOpen();
  };
  return { wishes, sent, answers, ask, cut, heal, time, late, on };
}

/** @param {any[]} sent */
const refs = (sent) => sent.map(({ ref }) => ref);

const refusal = (/** @type {string} */ ref, more = {}) =>
  /** @type {const} */ ({ type: "refused", ref, code: "closed", reason: "It is over.", ...more });

test("a wish is sent with a name of its own, and done when the room says so", async () => {
  const { wishes, sent, answers, ask } = room();
  wishes.handleOpen();
  ask({ type: "react", seq: 3, emoji: "💡", on: true });
  assert.deepEqual(sent, [{ type: "react", seq: 3, emoji: "💡", on: true, ref: "ref-1" }]);
  assert.equal(wishes.handleAck("ref-1"), true);
  await settle();
  assert.deepEqual(answers, ["done"]);
});

test("a refusal is the answer", async () => {
  const { wishes, answers, ask } = room();
  wishes.handleOpen();
  ask({ type: "edit", seq: 3, body: "Late" });
  assert.equal(wishes.handleRefusal(refusal("ref-1")), true);
  await settle();
  assert.deepEqual(answers, ["closed"]);
});

test("an answer to somebody else is nobody's business here", () => {
  const { wishes } = room();
  assert.equal(wishes.handleAck("a-post"), false);
  assert.equal(wishes.handleRefusal(refusal("a-post")), false);
  assert.equal(wishes.handleRefusal({ ...refusal(""), ref: null }), false);
});

test("before the welcome nothing is sent", () => {
  const { wishes, sent, ask } = room();
  ask({ type: "pin", seq: 1, on: true });
  assert.deepEqual(sent, []);
  wishes.handleOpen();
  assert.deepEqual(refs(sent), ["ref-1"]);
});

test("what was not answered is sent again after a lost connection, in its old order", async () => {
  const { wishes, sent, answers, ask, cut, heal } = room();
  wishes.handleOpen();
  ask({ type: "react", seq: 1, emoji: "💡", on: true });
  ask({ type: "edit", seq: 2, body: "Other" });
  wishes.handleAck("ref-1");
  ask({ type: "react", seq: 1, emoji: "💡", on: false });
  cut();
  ask({ type: "remove", seq: 2 });
  assert.deepEqual(refs(sent), ["ref-1", "ref-2", "ref-3"]);
  heal();
  assert.deepEqual(refs(sent.slice(3)), ["ref-2", "ref-3", "ref-4"]);
  for (const ref of ["ref-2", "ref-3", "ref-4"]) wishes.handleAck(ref);
  await settle();
  assert.deepEqual(answers, ["done", "done", "done", "done"]);
  cut();
  heal();
  assert.equal(sent.length, 6);
});

test("what can't be stored now is tried again by itself, and nothing overtakes it", async () => {
  const { wishes, sent, answers, ask, time } = room();
  wishes.handleOpen();
  ask({ type: "react", seq: 1, emoji: "💡", on: true });
  wishes.handleRefusal(refusal("ref-1", { code: "unavailable", retry_after: 2 }));
  ask({ type: "react", seq: 1, emoji: "💡", on: false });
  assert.deepEqual(refs(sent), ["ref-1"]);
  await time.pass(2000);
  assert.deepEqual(refs(sent), ["ref-1", "ref-1", "ref-2"]);
  assert.deepEqual(answers, []);
});

test("too many at once is said, and not tried again behind one's back", async () => {
  const { wishes, sent, answers, ask, time } = room();
  wishes.handleOpen();
  ask({ type: "react", seq: 1, emoji: "💡", on: true });
  wishes.handleRefusal(refusal("ref-1", { code: "too_fast", retry_after: 2 }));
  await time.pass(5000);
  assert.deepEqual(refs(sent), ["ref-1"]);
  assert.deepEqual(answers, ["too_fast"]);
});

test("what was not answered outlives a reload, in its old order and under its old names", async () => {
  const before = room();
  before.wishes.handleOpen();
  before.ask({ type: "react", seq: 1, emoji: "💡", on: true });
  before.ask({ type: "edit", seq: 2, body: "Other" });
  before.wishes.handleAck("ref-1");
  before.ask({ type: "remove", seq: 3 });

  const { wishes, sent, ask, late, on } = room({ on: before.on, first: 4 });
  ask({ type: "pin", seq: 1, on: true });
  wishes.handleOpen();
  assert.deepEqual(refs(sent), ["ref-2", "ref-3", "ref-4"]);
  assert.deepEqual(sent[0], { type: "edit", seq: 2, body: "Other", ref: "ref-2" });
  wishes.handleRefusal(refusal("ref-2"));
  for (const ref of ["ref-3", "ref-4"]) wishes.handleAck(ref);
  await settle();
  assert.deepEqual(late, [
    ["edit", "closed"],
    ["remove", "done"],
  ]);
  assert.equal(on.kept.size, 0);
});

test("what is kept and can't be read is left alone", () => {
  const on = shelf();
  on.setItem("tt/12/7/wish/a", "{");
  on.setItem("tt/12/7/wish/b", '{"order":1,"frame":{}}');
  const { wishes, sent } = room({ on });
  wishes.handleOpen();
  assert.deepEqual(sent, []);
});
