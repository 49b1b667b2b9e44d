import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, actionsOn, keyOf, labelOf } from "tt/posts/actions";

/** @param {any} [more] @returns {any} */
const post = (more = {}) => ({
  seq: 1,
  state: "shown",
  author: { id: 7, name: "Dana Kowalski", team: null, host: false },
  reactions: {},
  ...more,
});
/** @param {any} [more] */
const standing = (more = {}) => ({
  me: 1,
  isRunning: true,
  isHost: false,
  mayHost: false,
  isSilenced: false,
  silenced: new Set(),
  ...more,
});

test("the offered actions depend on the author, the host and the phase", () => {
  const over = { isRunning: false };
  const crew = { mayHost: true };
  const host = { isHost: true, ...crew };
  for (const [what, more, who, offered] of /** @type {[string, any, any, string]} */ ([
    ["another's", {}, {}, "react reply link"],
    ["one's own", {}, { me: 7 }, "react reply edit remove link"],
    ["the host's view", {}, host, "react reply pin link hide silence"],
    ["the host's own", {}, { ...host, me: 7 }, "react reply edit remove pin link hide"],
    ["a pinned one", { pinned: true }, host, "react reply unpin link hide silence"],
    [
      "a silenced author's",
      {},
      { ...host, silenced: new Set([7]) },
      "react reply pin link hide unsilence",
    ],
    ["a curator's view who does not host", {}, crew, "react reply link"],
    ["after the end", {}, over, "link"],
    ["a curator's view after the end", {}, { ...over, ...crew }, "link hide"],
    ["one's own after the end", {}, { ...over, me: 7 }, "link"],
    ["the host's view after the end", {}, { ...over, ...host }, "link hide"],
    ["after the end, one that people reacted to", { reactions: { "💡": 1 } }, over, "link who"],
    ["silenced", {}, { isSilenced: true }, "link"],
    ["silenced, one's own", {}, { isSilenced: true, me: 7 }, "remove link"],
    ["removed", { state: "removed" }, { me: 7 }, ""],
    ["hidden, to the host", { state: "hidden" }, host, "silence"],
  ])) {
    assert.equal(actionsOn(post(more), standing(who)).join(" "), offered, what);
  }
});

test("silencing a host is not offered", () => {
  const theirs = post({ author: { id: 7, name: "Priya", team: null, host: true } });
  assert.ok(!actionsOn(theirs, standing({ isHost: true })).includes("silence"));
});

test("a key performs its action only if that is offered", () => {
  assert.equal(actionOf("r", ["reply"]), "reply");
  assert.equal(actionOf("e", ["reply"]), null);
  assert.equal(actionOf(":", ["react"]), "react");
  assert.equal(actionOf("p", ["unpin"]), "unpin");
  assert.equal(actionOf("l", ["link"]), "link");
  assert.equal(actionOf("x", ["react"]), null);
  assert.equal(keyOf("unpin"), "p");
  assert.equal(keyOf("silence"), "");
  assert.equal(labelOf("unsilence", post()), "Unmute Dana Kowalski");
});
