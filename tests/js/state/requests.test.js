import assert from "node:assert/strict";
import { test } from "node:test";
import { Requests } from "tt/state/requests";
import { PersonalStorage } from "tt/state/storage";
import { fakeStorage, settle, timers } from "../support/fakes.js";

function room({ on = fakeStorage(), first = 1 } = {}) {
  const time = timers();
  /** @type {any[]} */
  const sent = [];
  let isThere = true;
  let ids = first - 1;
  /** @type {any[]} */
  const late = [];
  const requests = new Requests({
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
    requests.sendRequest(frame).then((answer) => answers.push(answer?.code ?? "done"));
  const cut = () => {
    isThere = false;
    requests.handleClose();
  };
  const heal = () => {
    isThere = true;
    requests.handleOpen();
  };
  return { requests, sent, answers, ask, cut, heal, time, late, on };
}

/** @param {any[]} sent */
const refs = (sent) => sent.map(({ ref }) => ref);

const refusal = (/** @type {string} */ ref, more = {}) =>
  /** @type {const} */ ({ type: "refused", ref, code: "closed", reason: "It is over.", ...more });

test("a request is sent with a ref of its own and is done when the room acknowledges it", async () => {
  const { requests, sent, answers, ask } = room();
  requests.handleOpen();
  ask({ type: "react", seq: 3, emoji: "💡", on: true });
  assert.deepEqual(sent, [{ type: "react", seq: 3, emoji: "💡", on: true, ref: "ref-1" }]);
  assert.equal(requests.handleAck("ref-1"), true);
  await settle();
  assert.deepEqual(answers, ["done"]);
});

test("a refusal is the answer to its request", async () => {
  const { requests, answers, ask } = room();
  requests.handleOpen();
  ask({ type: "edit", seq: 3, body: "Late" });
  assert.equal(requests.handleRefusal(refusal("ref-1")), true);
  await settle();
  assert.deepEqual(answers, ["closed"]);
});

test("an answer to another ref is ignored", () => {
  const { requests } = room();
  assert.equal(requests.handleAck("a-post"), false);
  assert.equal(requests.handleRefusal(refusal("a-post")), false);
  assert.equal(requests.handleRefusal({ ...refusal(""), ref: null }), false);
});

test("requests wait until the room has welcomed us", () => {
  const { requests, sent, ask } = room();
  ask({ type: "pin", seq: 1, on: true });
  assert.deepEqual(sent, []);
  requests.handleOpen();
  assert.deepEqual(refs(sent), ["ref-1"]);
});

test("unanswered requests are sent again after a lost connection, in order", async () => {
  const { requests, sent, answers, ask, cut, heal } = room();
  requests.handleOpen();
  ask({ type: "react", seq: 1, emoji: "💡", on: true });
  ask({ type: "edit", seq: 2, body: "Other" });
  requests.handleAck("ref-1");
  ask({ type: "react", seq: 1, emoji: "💡", on: false });
  cut();
  ask({ type: "remove", seq: 2 });
  assert.deepEqual(refs(sent), ["ref-1", "ref-2", "ref-3"]);
  heal();
  assert.deepEqual(refs(sent.slice(3)), ["ref-2", "ref-3", "ref-4"]);
  for (const ref of ["ref-2", "ref-3", "ref-4"]) requests.handleAck(ref);
  await settle();
  assert.deepEqual(answers, ["done", "done", "done", "done"]);
  cut();
  heal();
  assert.equal(sent.length, 6);
});

test("a request that can't be stored now is retried, and later ones wait behind it", async () => {
  const { requests, sent, answers, ask, time } = room();
  requests.handleOpen();
  ask({ type: "react", seq: 1, emoji: "💡", on: true });
  requests.handleRefusal(refusal("ref-1", { code: "unavailable", retry_after: 2 }));
  ask({ type: "react", seq: 1, emoji: "💡", on: false });
  assert.deepEqual(refs(sent), ["ref-1"]);
  await time.pass(2000);
  assert.deepEqual(refs(sent), ["ref-1", "ref-1", "ref-2"]);
  assert.deepEqual(answers, []);
});

test("a request beyond the rate limit is refused and not retried", async () => {
  const { requests, sent, answers, ask, time } = room();
  requests.handleOpen();
  ask({ type: "react", seq: 1, emoji: "💡", on: true });
  requests.handleRefusal(refusal("ref-1", { code: "too_fast", retry_after: 2 }));
  await time.pass(5000);
  assert.deepEqual(refs(sent), ["ref-1"]);
  assert.deepEqual(answers, ["too_fast"]);
});

test("unanswered requests outlast a reload, in order and with their refs", async () => {
  const before = room();
  before.requests.handleOpen();
  before.ask({ type: "react", seq: 1, emoji: "💡", on: true });
  before.ask({ type: "edit", seq: 2, body: "Other" });
  before.requests.handleAck("ref-1");
  before.ask({ type: "remove", seq: 3 });

  const { requests, sent, ask, late, on } = room({ on: before.on, first: 4 });
  ask({ type: "pin", seq: 1, on: true });
  requests.handleOpen();
  assert.deepEqual(refs(sent), ["ref-2", "ref-3", "ref-4"]);
  assert.deepEqual(sent[0], { type: "edit", seq: 2, body: "Other", ref: "ref-2" });
  requests.handleRefusal(refusal("ref-2"));
  for (const ref of ["ref-3", "ref-4"]) requests.handleAck(ref);
  await settle();
  assert.deepEqual(late, [
    ["edit", "closed"],
    ["remove", "done"],
  ]);
  assert.equal(on.kept.size, 0);
});

test("a stored request that can't be read is skipped", () => {
  const on = fakeStorage();
  on.setItem("tt/12/7/wish/a", "{");
  on.setItem("tt/12/7/wish/b", '{"order":1,"frame":{}}');
  const { requests, sent } = room({ on });
  requests.handleOpen();
  assert.deepEqual(sent, []);
});
