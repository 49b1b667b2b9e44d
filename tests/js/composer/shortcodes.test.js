import assert from "node:assert/strict";
import { test } from "node:test";
import { matching } from "tt/composer/shortcodes";

const all = [
  { emoji: "😂", names: ["joy"] },
  { emoji: "👍", names: ["+1", "thumbsup"] },
  { emoji: "🎉", names: ["tada"] },
  { emoji: "😹", names: ["joy_cat"] },
  { emoji: "🥳", names: ["joyful_party"] },
  { emoji: "🕹", names: ["joystick"] },
];
/** @param {string} query */
const found = (query) => matching(all, query).map(({ emoji }) => emoji);

test("an emoji is found by the beginning of any of its names, and a whole name comes first", () => {
  assert.deepEqual(found("joy"), ["😂", "😹", "🥳", "🕹"]);
  assert.deepEqual(found("THUM"), ["👍"]);
  assert.deepEqual(found("+1"), ["👍"]);
});

test("a part within a name finds an emoji from three letters on", () => {
  assert.deepEqual(found("ca"), []);
  assert.deepEqual(found("cat"), ["😹"]);
  assert.deepEqual(found("nothing"), []);
});

test("at most eight emoji are offered", () => {
  const many = Array.from({ length: 20 }, (_, n) => ({ emoji: `${n}`, names: [`many_${n}`] }));
  assert.equal(matching(many, "many").length, 8);
});
