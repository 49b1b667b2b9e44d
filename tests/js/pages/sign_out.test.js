import assert from "node:assert/strict";
import { test } from "node:test";
import { forget, forgetOwn, hasUnsent, tellTabs, whoLeft } from "tt/pages/sign_out";
import { shelf } from "../support/fakes.js";

/** @param {Record<string, string>} values */
function filled(values) {
  const own = shelf();
  for (const [name, value] of Object.entries(values)) own.setItem(name, value);
  return own;
}

test("words that were not sent are found, whatever holds them", () => {
  for (const name of ["draft", "send/1", "edit/2"]) {
    assert.equal(hasUnsent([shelf(), filled({ [`tt/12/7/${name}`]: "Hello" })]), true);
  }
});

test("settings, wishes and what is not ours are no words", () => {
  const own = filled({
    "tt/0/7/pace": "all",
    "tt/12/7/wish/1": "{}",
    "tt/sign-in": "1",
    draft: "x",
  });
  assert.equal(hasUnsent([own]), false);
});

test("what others left is forgotten, and one's own stays", () => {
  const own = filled({ "tt/12/7/draft": "mine", "tt/12/8/draft": "theirs", "tt/sign-in": "1" });
  forget([own], 7);
  assert.deepEqual([...own.kept.keys()], ["tt/12/7/draft", "tt/sign-in"]);
});

test("where nobody stays, everything is forgotten", () => {
  const own = filled({ "tt/12/7/draft": "mine", "tt/12/8/send/1": "theirs" });
  forget([own]);
  assert.deepEqual([...own.kept.keys()], []);
});

test("a tab forgets what the person who signed out in another one left there, and nothing else", () => {
  const own = filled({ "tt/12/7/draft": "theirs", "tt/12/8/draft": "mine", "tt/sign-in": "1" });
  forgetOwn([own], 7);
  assert.deepEqual([...own.kept.keys()], ["tt/12/8/draft", "tt/sign-in"]);
});

test("who signs out is told to the other tabs, and nothing of it stays", () => {
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
