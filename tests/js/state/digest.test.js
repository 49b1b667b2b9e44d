import assert from "node:assert/strict";
import { test } from "node:test";
import { mostValued, sharedLinks } from "tt/state/digest";

/**
 * @param {number} seq
 * @param {object} [more]
 * @returns {any}
 */
const post = (seq, more = {}) => ({
  seq,
  topic: 1,
  state: "shown",
  html: "",
  author: { id: 7, name: "Dana" },
  reactions: {},
  ...more,
});
/** @param {string} html */
const linksOf = (html) => [...html.matchAll(/href="(.+?)"/g)].map(([, address = ""]) => address);

test("the most valued posts are the three with most reactions, and the earlier of equals comes first", () => {
  const posts = [
    post(5, { reactions: { "💡": 1, "👍": 1 } }),
    post(1, { reactions: { "👍": 2 } }),
    post(2, { reactions: { "👍": 5 } }),
    post(3, { reactions: { "👍": 1 } }),
    post(4),
  ];
  assert.deepEqual(
    mostValued(posts, 1).map(({ seq }) => seq),
    [2, 1, 5],
  );
});

test("a post without reactions, a hidden one and one of another topic is not among the most valued", () => {
  const reactions = { "👍": 9 };
  const posts = [
    post(1),
    post(2, { reactions, state: "hidden" }),
    post(3, { reactions, state: "removed" }),
    post(4, { reactions, topic: 2 }),
    post(5, { reactions: { "👍": 0 } }),
  ];
  assert.deepEqual(mostValued(posts, 1), []);
});

test("each web address is listed once, in order, with the person who shared it first", () => {
  const a = '<a href="https://a.example/x">a</a>';
  const b = '<a href="http://b.example/">b</a>';
  const posts = [
    post(3, { html: a, author: { id: 8, name: "Jonas" } }),
    post(1, { html: `<p>${b} ${a}</p>` }),
    post(2, { html: '<a href="https://c.example/">c</a>', state: "hidden" }),
    post(4, { html: '<a href="/sessions/">d</a> <a href="mailto:x@example.com">e</a>' }),
  ];
  assert.deepEqual(sharedLinks(posts, linksOf), [
    { address: "http://b.example/", by: "Dana" },
    { address: "https://a.example/x", by: "Dana" },
  ]);
});
