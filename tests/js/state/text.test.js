import assert from "node:assert/strict";
import { test } from "node:test";
import { law } from "tt/state/law";
import { lengthOf, plural, tidy } from "tt/state/text";
import { placeOf, Times } from "tt/state/times";
import "../support/law.js";

test("the length is the number of code points of the composed, trimmed text", () => {
  assert.equal(lengthOf("😀".repeat(law.longest_body)), law.longest_body);
  assert.equal(lengthOf("e\u0301".repeat(law.longest_body)), law.longest_body);
  assert.equal(lengthOf(`  ${"a".repeat(law.longest_body + 1)}\n`), law.longest_body + 1);
});

test("characters that a post may not have are removed, and pasted tabs become spaces", () => {
  assert.equal(tidy("a\r\nb\rc"), "a\nb\nc");
  assert.equal(tidy("if x:\n\treturn"), "if x:\n    return");
  assert.equal(tidy("a\u0000b\u001bc\ud800d\uffffe"), "abcde");
  assert.equal(tidy("👩‍👩‍👧"), "👩‍👩‍👧");
});

test("counts agree with their nouns", () => {
  assert.equal(plural(1, "post"), "1 post");
  assert.equal(plural(0, "post"), "0 posts");
  assert.equal(plural(1234, "person", "people"), "1,234 people");
});

test("times are written as the server writes them, in the reader's zone", () => {
  const berlin = new Times("Europe/Berlin", ["en-GB"]);
  assert.equal(berlin.formatTime("2026-11-26T13:10:00.000Z"), "14:10");
  assert.equal(berlin.formatTime("2026-11-26T23:00:00.000Z"), "00:00");
  assert.equal(berlin.formatInstant("day", "2026-11-26T13:10:00.000Z"), "Thursday 26 November");
  assert.equal(berlin.formatInstant("date", "2026-09-03T13:10:00.000Z"), "3 Sep 2026");
  assert.equal(
    new Times("Asia/Kolkata", ["en-GB"]).formatTime("2026-11-26T13:10:00.000Z"),
    "18:40",
  );
});

/** @type {[string[], string, string, string][]} */
const CUSTOMS = [
  [[], "22:05", "Thursday 3 September", "3 Sep 2026"],
  [["en-GB"], "22:05", "Thursday 3 September", "3 Sep 2026"],
  [["en-US", "de"], "10:05\u202fPM", "Thursday, September 3", "Sep 3, 2026"],
  [["en"], "10:05\u202fPM", "Thursday, September 3", "Sep 3, 2026"],
  [["en-AU"], "10:05\u202fpm", "Thursday 3 September", "3 Sep 2026"],
  [["de-DE", "en-US"], "22:05", "Thursday 3 September", "3 Sep 2026"],
  [["ko-KR"], "10:05\u202fpm", "Thursday 3 September", "3 Sep 2026"],
];

for (const [languages, time, day, date] of CUSTOMS) {
  test(`a reader of ${languages.join(", ") || "nothing that is known"} reads ${time}, ${day}`, () => {
    const times = new Times("Europe/Berlin", languages);
    const at = "2026-09-03T20:05:00Z";
    // Versions of the locale data differ in this space.
    const told = times.formatTime(at).replace(" ", "\u202f");
    assert.deepEqual(
      [told, times.formatInstant("day", at), times.formatInstant("date", at)],
      [time, day, date],
    );
  });
}

test("a time zone has an offset and a place", () => {
  const at = "2026-11-26T13:10:00.000Z";
  const offsets = ["Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC"].map((zone) =>
    new Times(zone).formatOffset(at),
  );
  assert.deepEqual(offsets, ["UTC+1", "UTC+5:30", "UTC-5", "UTC"]);
  assert.equal(placeOf("America/Argentina/Buenos_Aires"), "Buenos Aires, Argentina");
  assert.equal(placeOf("UTC"), "UTC");
});
