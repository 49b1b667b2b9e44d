import assert from "node:assert/strict";
import { test } from "node:test";
import { isNamed, matching, nameOf, queryAt } from "tt/composer/mentions";
import { sentence, Typing } from "tt/room/typing";

test("an @ before the caret begins a query, and one within a word does not", () => {
  /** @param {string} text */
  const query = (text) => queryAt(text, text.length)?.query ?? null;
  assert.equal(query("@"), "");
  assert.equal(query("Ask @Dan"), "Dan");
  assert.equal(query("(@Dana Ko"), "Dana Ko");
  assert.equal(query("@Tomás"), "Tomás");
  for (const text of [
    "",
    "dana@example",
    "@ nobody",
    "@Dana  x",
    "@a\nb",
    `@${"a".repeat(41)}`,
    "@@a",
  ])
    assert.equal(query(text), null, text);
  assert.deepEqual(queryAt("Ask @Dana now", 8), { start: 4, query: "Dan" });
});

test("people are found by any of their names, without accents and case", () => {
  const people = ["Dana Kowalski", "Tomás Ortega", "Jordan Dane"].map((name) => ({ name }));
  /** @param {string} query */
  const names = (query) => matching(people, query).map(({ name }) => name);
  assert.deepEqual(names("dan"), ["Dana Kowalski", "Jordan Dane"]);
  assert.deepEqual(names("tomas o"), ["Tomás Ortega"]);
  assert.deepEqual(names("ortega"), ["Tomás Ortega"]);
  assert.deepEqual(names("ana"), []);
  assert.deepEqual(names("Dana Kowalski"), ["Dana Kowalski"]);
});

test("nothing is searched after a whole name", () => {
  const known = ["Dana Kowalski", "Ann", "Ann Lee"].map((name) => ({ name }));
  assert.equal(isNamed("Dana Kowalski", known), false);
  assert.equal(isNamed("dana kowalski ", known), true);
  assert.equal(isNamed("Dana Kowalski and so on", known), true);
  assert.equal(isNamed("Ann ", known), false);
  assert.equal(isNamed("Ann Le", known), false);
  assert.equal(isNamed("Ann thinks", known), true);
});

test("a mention has the team if two people share the name", () => {
  const dana = { id: 1, name: "Dana Kowalski", team: "Multimedia" };
  const other = { id: 2, name: "dana kowalski", team: null };
  assert.equal(nameOf(dana, [dana]), "Dana Kowalski");
  assert.equal(nameOf(dana, [dana, other]), "Dana Kowalski (Multimedia)");
  assert.equal(nameOf(other, [dana, other]), "dana kowalski");
});

test("typing is sent at most every three seconds, and never for an empty field", () => {
  let now = 0;
  /** @type {object[]} */
  const sent = [];
  const element = /** @type {any} */ ({});
  const typing = new Typing({ element, me: 1, send: (one) => sent.push(one), tick: () => now });
  typing.handleInput(" ");
  typing.handleInput("a");
  now = 2999;
  typing.handleInput("ab");
  assert.equal(sent.length, 1);
  now = 3000;
  typing.handleInput("abc");
  assert.equal(sent.length, 2);
});

test("up to two people who type are named, and never oneself", () => {
  assert.equal(sentence([]), "");
  assert.equal(sentence(["Dana"]), "Dana is typing…");
  assert.equal(sentence(["Dana", "Jonas"]), "Dana and Jonas are typing…");
  assert.equal(sentence(["Dana", "Jonas", "Aiko"]), "Several people are typing…");
  const element = /** @type {any} */ ({ textContent: "" });
  const typing = new Typing({ element, me: 1, send: () => {} });
  typing.renderTyping([1, 2, 3], new Map([[2, { name: "Dana" }]]));
  assert.deepEqual(element, { textContent: "Dana is typing…", hidden: false });
});
