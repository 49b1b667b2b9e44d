import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer } from "tt/ui/announcer";
import { timers } from "../support/fakes.js";

const NOW = "2026-11-26T14:10:00.000Z";
const DANA = { id: 7, name: "Dana Kowalski", team: null, host: false };
const JONAS = { id: 8, name: "Jonas Meyer", team: null, host: false };
const AIKO = { id: 9, name: "Aiko Sato", team: null, host: false };
const PRIYA = { id: 2, name: "Priya Raman", team: null, host: true };
const ME = { id: 1, name: "Tomás Ortega", team: null, host: false };

/** @param {import("tt/ui/announcer").Pace} pace */
function world(pace) {
  const clock = timers();
  /** @type {string[]} */
  const said = [];
  const say = (/** @type {string} */ text) => said.push(text);
  const announcer = new Announcer({ me: 1, pace, announce: say, textOf: (html) => html, ...clock });
  announcer.startAt(NOW);
  return { announcer, said, ...clock };
}

/**
 * @param {number} seq
 * @param {import("tt/connection/frames").Person} author
 * @param {object} [more]
 * @returns {any}
 */
function post(seq, author, more = {}) {
  const at = "2026-11-26T14:11:00.000Z";
  return { seq, rev: seq, author, at, html: `Text ${seq}`, state: "shown", reactions: {}, ...more };
}

test("each post is announced with its author, and a host as curator", async () => {
  const { announcer, said, pass } = world("each");
  announcer.handlePosts([post(1, DANA)]);
  await pass(1000);
  announcer.handlePosts([post(2, PRIYA)]);
  await pass(1000);
  assert.deepEqual(said, ["Dana Kowalski: Text 1", "Priya Raman, curator: Text 2"]);
});

test("more than three posts at once are summed up", async () => {
  const { announcer, said, pass } = world("each");
  announcer.handlePosts([post(1, DANA), post(2, JONAS), post(3, DANA)]);
  await pass(1000);
  assert.equal(said.length, 3);
  announcer.handlePosts([post(4, DANA), post(5, JONAS), post(6, DANA), post(7, AIKO)]);
  await pass(1000);
  assert.deepEqual(said.slice(3), ["4 new posts, by Dana, Jonas and one more."]);
});

test("a summary comes twenty seconds after the first post", async () => {
  const { announcer, said, pass } = world("summary");
  announcer.handlePosts([post(1, DANA)]);
  await pass(19_999);
  announcer.handlePosts([post(2, JONAS)]);
  assert.deepEqual(said, []);
  await pass(1);
  assert.deepEqual(said, ["2 new posts, by Dana and Jonas."]);
  await pass(60_000);
  assert.equal(said.length, 1);
  announcer.handlePosts([post(3, DANA, { mentions: [1] })]);
  await pass(20_000);
  assert.deepEqual(said.slice(1), ["1 new post, by Dana. One mentions you."]);
});

test("the pace for names announces only hosts and mentions of the reader", async () => {
  const { announcer, said, pass } = world("named");
  announcer.handlePosts([post(1, DANA), post(2, PRIYA), post(3, JONAS, { mentions: [5, 1] })]);
  await pass(1000);
  assert.deepEqual(said, ["Priya Raman, curator: Text 2", "Jonas Meyer mentions you: Text 3"]);
});

test("earlier posts, one's own posts and changed posts are not announced", async () => {
  const { announcer, said, pass } = world("each");
  announcer.handlePosts([post(1, DANA, { at: "2026-11-26T14:09:00.000Z" }), post(2, ME)]);
  announcer.handlePosts([post(3, DANA)]);
  announcer.handlePosts([
    post(3, DANA, { html: "Edited" }),
    post(1, DANA),
    post(4, DANA, { state: "hidden" }),
  ]);
  await pass(60_000);
  assert.deepEqual(said, ["Dana Kowalski: Text 3"]);
});

test("a change of pace announces what was gathered first", async () => {
  const { announcer, said, pass } = world("summary");
  announcer.handlePosts([post(1, DANA)]);
  announcer.setPace("each");
  assert.equal(said.length, 1);
  announcer.handlePosts([post(2, JONAS)]);
  await pass(1000);
  assert.equal(said[1], "Jonas Meyer: Text 2");
});

test("people with the same first name are announced with their whole names", async () => {
  const { announcer, said, pass } = world("summary");
  announcer.handlePosts([post(1, DANA), post(2, { ...JONAS, name: "Dana Weber" }), post(3, AIKO)]);
  await pass(20_000);
  assert.deepEqual(said, ["3 new posts, by Dana Kowalski, Dana Weber and one more."]);
});
