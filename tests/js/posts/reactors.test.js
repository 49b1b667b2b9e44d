import assert from "node:assert/strict";
import { test } from "node:test";
import { listed } from "tt/posts/reactors";

/** @param {number} count @param {string[]} names */
const found = (count, ...names) => ({ count, people: names.map((name) => ({ name })) });

test("the list of people who reacted reads like a sentence and counts the rest", () => {
  assert.equal(listed(found(1, "Dana")), "Dana");
  assert.equal(listed(found(2, "Dana", "Jonas")), "Dana and Jonas");
  assert.equal(listed(found(3, "Dana", "Jonas", "Priya")), "Dana, Jonas and Priya");
  assert.equal(listed(found(4, "Dana", "Jonas", "Priya")), "Dana, Jonas, Priya and 1 more");
  const twenty = Array.from({ length: 20 }, (_, index) => `N${index}`);
  assert.ok(listed(found(30, ...twenty)).endsWith("N10, N11 and 18 more"));
});
