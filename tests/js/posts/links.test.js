import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "tt/posts/links";

test("a link is shortened to its host and the beginning of the rest", () => {
  for (const [address, short] of [
    ["https://example.com", "example.com"],
    ["https://example.com/", "example.com"],
    ["https://www.example.com/a", "example.com/a"],
    ["http://example.com:8080/a?b=c#d", "example.com:8080/a?b=c#d"],
    [
      "https://learning.example/informal-learning-measured-in-the-field",
      "learning.example/informal-learning-measur…",
    ],
    ["https://example.com/caf%C3%A9", "example.com/café"],
  ])
    assert.equal(shortened(address ?? ""), short);
});

test("a host is never cut, however long it is", () => {
  const host = `login.bank.example.${"a".repeat(60)}.evil.example`;
  assert.equal(shortened(`https://${host}/session/and/more`), `${host}/session/an…`);
});

test("characters that could hide or reverse text stay encoded", () => {
  assert.equal(shortened("https://a.example/x%E2%80%AEy%0A"), "a.example/x%E2%80%AEy%0A");
  assert.equal(shortened("https://a.example/%zz%80"), "a.example/%zz%80");
});

test("an address that is not for the web stays as it is", () => {
  for (const address of ["", "nonsense", "mailto:dana@example.com", "javascript:alert(1)"])
    assert.equal(shortened(address), null);
});
