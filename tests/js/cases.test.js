import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { phaseAt } from "tt/state/clock";
import { hue, initials, isVisible, lineOf } from "tt/state/text";
import "./support/law.js";

// What exists in both languages. tests/cases/test_cases.py reads the same tables.

/** @param {string} name @returns {Promise<any[]>} */
async function readCases(name) {
  const text = await readFile(new URL(`../cases/${name}.json`, import.meta.url), "utf8");
  const { cases } = JSON.parse(text);
  assert.ok(cases.length > 5);
  return cases;
}

test("the phase at an instant is the server’s", async () => {
  const start = Date.parse("2026-11-26T13:00:00.000Z");
  for (const { at, cancelled, phase, topic, ends_at } of await readCases("phases")) {
    const endsAt = ends_at === null ? null : start + ends_at;
    assert.deepEqual(phaseAt(start, start + at, { cancelled }), { name: phase, topic, endsAt });
  }
});

test("what is visible is the same as on the server", async () => {
  for (const { text, visible } of await readCases("visibility")) {
    assert.equal(isVisible(text), visible, JSON.stringify(text));
  }
});

test("the initials of a name are the server’s", async () => {
  for (const { name, initials: letters } of await readCases("initials")) {
    assert.equal(initials(name), letters, name);
  }
});

test("the hue of a person is the server’s", async () => {
  for (const { id, hue: one } of await readCases("hues")) assert.equal(hue(id), one, String(id));
});

test("the line that quotes a post is the server’s", async () => {
  for (const { html, line } of await readCases("quotes")) assert.equal(lineOf(html), line, html);
});
