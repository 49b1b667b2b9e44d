import assert from "node:assert/strict";
import { test } from "node:test";
import { progressIcon, titleAt } from "tt/ui/page_title";
import "../support/law.js";

/** @param {any} phase @param {number} left @returns {any} */
const moment = (phase, left) => ({ phase, left, now: 0, startsAt: 0 });

test("the title begins with the time left and the topic", () => {
  const title = "Learning · TalkTech";
  const topic = { name: "topic", topic: 2, endsAt: 0 };
  assert.equal(titleAt(moment(topic, 402_000), title), "06:42 · Topic 2 · Learning · TalkTech");
  const lobby = { name: "lobby", topic: null, endsAt: 0 };
  assert.equal(titleAt(moment(lobby, 59_001), title), "01:00 · Lobby · Learning · TalkTech");
  const closed = { name: "closed", topic: null, endsAt: null };
  assert.equal(titleAt(moment(closed, 0), title), "Over · Learning · TalkTech");
  const scheduled = { name: "scheduled", topic: null, endsAt: 0 };
  assert.equal(titleAt(moment(scheduled, 1), title), title);
});

test("each bar of the icon is filled as far as its topic is over", () => {
  const heights = [...progressIcon([1, 0.5, 0]).matchAll(/y="(\d+)" height="(\d+)"\/>/g)];
  assert.deepEqual(
    heights.map(([, y, height]) => [Number(y), Number(height)]),
    [
      [3, 26],
      [3, 26],
      [3, 26],
      [16, 13],
      [3, 26],
      [29, 0],
    ],
  );
});
