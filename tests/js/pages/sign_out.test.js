import assert from "node:assert/strict";
import { test } from "node:test";
import { forget, forgetOwn, hasUnsent, tellTabs, whoLeft } from "tt/pages/sign_out";
import { fakeStorage } from "../support/fakes.js";

/** @param {Record<string, string>} values */
function filled(values) {
  const own = fakeStorage();
  for (const [name, value] of Object.entries(values)) own.setItem(name, value);
  return own;
}

test("unsent text is found in drafts, posts and edits", () => {
  for (const name of ["draft", "send/1", "edit/2"]) {
    assert.equal(hasUnsent([fakeStorage(), filled({ [`tt/12/7/${name}`]: "Hello" })]), true);
  }
});

test("settings, requests and other entries do not count as unsent text", () => {
  const own = filled({
    "tt/0/7/pace": "all",
    "tt/12/7/wish/1": "{}",
    "tt/sign-in": "1",
    draft: "x",
  });
  assert.equal(hasUnsent([own]), false);
});

test("entries of other people are deleted, and one's own stay", () => {
  const own = filled({ "tt/12/7/draft": "mine", "tt/12/8/draft": "theirs", "tt/sign-in": "1" });
  forget([own], 7);
  assert.deepEqual([...own.kept.keys()], ["tt/12/7/draft", "tt/sign-in"]);
});

test("everything is deleted if nobody stays signed in", () => {
  const own = filled({ "tt/12/7/draft": "mine", "tt/12/8/send/1": "theirs" });
  forget([own]);
  assert.deepEqual([...own.kept.keys()], []);
});

test("a tab deletes the entries of the person who signed out in another one, and nothing else", () => {
  const own = filled({ "tt/12/7/draft": "theirs", "tt/12/8/draft": "mine", "tt/sign-in": "1" });
  forgetOwn([own], 7);
  assert.deepEqual([...own.kept.keys()], ["tt/12/8/draft", "tt/sign-in"]);
});

test("a sign-out is told to the other tabs and leaves nothing behind", () => {
  /** @type {{ key: string, newValue: string | null }[]} */
  const heard = [];
  tellTabs(
    {
      setItem: (key, newValue) => heard.push({ key, newValue }),
      removeItem: (key) => heard.push({ key, newValue: null }),
    },
    7,
  );
  assert.deepEqual(heard.map(whoLeft), [7, null]);
  assert.equal(whoLeft({ key: "tt/12/7/draft", newValue: "7" }), null);
});
