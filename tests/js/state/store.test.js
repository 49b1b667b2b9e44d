import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "tt/state/store";
import "../support/law.js";

/**
 * @param {number} seq
 * @param {number} [rev]
 * @param {Partial<import("tt/connection/frames").Post>} [more]
 * @returns {import("tt/connection/frames").Post}
 */
function post(seq, rev = seq, more = {}) {
  const author = { id: 1, name: "Dana Kowalski", team: null, host: false };
  const at = "2026-11-26T13:00:00.000Z";
  const html = `Post ${seq}`;
  return {
    seq,
    rev,
    id: `id-${seq}`,
    topic: 1,
    author,
    at,
    html,
    state: "shown",
    reactions: {},
    ...more,
  };
}

function held(/** @type {Store} */ store) {
  return [...store.posts.values()].map(({ seq, rev }) => [seq, rev]);
}

test("a welcome from 0 replaces all posts", () => {
  const store = new Store();
  store.applyPosts(0, 2, [post(1), post(2)]);
  const change = store.applyWelcome({ after: 0, rev: 1, posts: [post(1)] });
  assert.equal(change?.reset, true);
  assert.deepEqual(held(store), [[1, 1]]);
  assert.equal(store.rev, 1);
});

test("a welcome continues from the revision that was asked for", () => {
  const store = new Store();
  store.applyPosts(0, 2, [post(1), post(2)]);
  const change = store.applyWelcome({ after: 2, rev: 4, posts: [post(3), post(1, 4)] });
  assert.deepEqual(
    change?.changed.map(({ seq }) => seq),
    [3, 1],
  );
  assert.equal(change?.reset, false);
  assert.equal(store.rev, 4);
});

test("posts that continue from our revision are applied", () => {
  const store = new Store();
  assert.equal(store.applyPosts(0, 1, [post(1)])?.length, 1);
  assert.equal(store.applyPosts(1, 2, [post(2)])?.length, 1);
  assert.equal(store.rev, 2);
});

test("posts that continue from a later revision than ours are not applied", () => {
  const store = new Store();
  store.applyPosts(0, 1, [post(1)]);
  assert.equal(store.applyPosts(2, 3, [post(3)]), null);
  assert.equal(store.rev, 1);
  assert.deepEqual(held(store), [[1, 1]]);
});

test("the same frame twice changes nothing", () => {
  const store = new Store();
  store.applyPosts(0, 1, [post(1)]);
  assert.deepEqual(store.applyPosts(0, 1, [post(1)]), []);
  assert.equal(store.rev, 1);
});

test("an older state of a post never replaces a newer one, and the revision never falls", () => {
  const store = new Store();
  store.applyPosts(0, 5, [post(1, 5, { html: "new" })]);
  store.applyPosts(0, 2, [post(1, 1, { html: "old" }), post(2, 2)]);
  assert.equal(store.posts.get(1)?.html, "new");
  assert.equal(store.rev, 5);
  assert.equal(store.posts.size, 2);
});

test("we are behind a pulse with a later revision than ours", () => {
  const store = new Store();
  store.applyPosts(0, 3, [post(1, 3)]);
  assert.equal(store.isBehind(3), false);
  assert.equal(store.isBehind(4), true);
});

test("what is personal is merged with its post, whichever comes first", () => {
  const store = new Store();
  store.applyOwn([{ seq: 1, rev: 1, body: "typed", mine: [] }]);
  store.applyPosts(0, 1, [post(1)]);
  assert.equal(store.posts.get(1)?.body, "typed");
  const changed = store.applyOwn([{ seq: 1, rev: 2, body: "edited", mine: [] }]);
  assert.deepEqual(
    changed.map(({ body }) => body),
    ["edited"],
  );
  store.applyPosts(1, 2, [post(1, 2)]);
  assert.equal(store.posts.get(1)?.body, "edited");
});

test("one's own posts from a welcome keep their body over a later change", () => {
  const store = new Store();
  store.applyWelcome({ after: 0, rev: 1, posts: [post(1, 1, { body: "mine", mine: [] })] });
  store.applyPosts(1, 2, [post(1, 2)]);
  assert.equal(store.posts.get(1)?.body, "mine");
});

test("one's own reactions come with a welcome and stay over later changes", () => {
  const store = new Store();
  store.applyWelcome({ after: 0, rev: 1, posts: [post(1, 1, { mine: ["💡"] })] });
  store.applyPosts(1, 2, [post(1, 2)]);
  assert.deepEqual(store.posts.get(1)?.mine, ["💡"]);
  store.applyOwn([{ seq: 1, rev: 3, mine: [] }]);
  store.applyPosts(2, 3, [post(1, 3)]);
  assert.deepEqual(store.posts.get(1)?.mine, []);
});

test("a reaction that was taken back in another tab is gone with the next welcome", () => {
  const store = new Store();
  store.applyWelcome({ after: 0, rev: 1, posts: [post(1, 1, { mine: ["💡"] })] });
  store.applyWelcome({ after: 1, rev: 2, posts: [post(1, 2)] });
  assert.equal(store.posts.get(1)?.mine, undefined);
});

test("the earlier versions of a post stay until it is removed", () => {
  const store = new Store();
  store.applyPosts(0, 1, [post(1)]);
  store.applyOwn([{ seq: 1, rev: 2, body: "new", was: ["old"], mine: [] }]);
  store.applyPosts(1, 2, [post(1, 2)]);
  assert.deepEqual(store.posts.get(1)?.was, ["old"]);
  store.applyPosts(2, 3, [post(1, 3, { state: "removed", html: "" })]);
  assert.equal(store.posts.get(1)?.was, undefined);
  assert.equal(store.posts.get(1)?.body, undefined);
});

test("posts are counted per topic, without those that are not shown", () => {
  const store = new Store();
  store.applyPosts(0, 4, [
    post(1),
    post(2, 2, { state: "removed" }),
    post(3, 3, { topic: 2 }),
    post(4),
  ]);
  assert.deepEqual(
    [...store.countPosts()],
    [
      [1, 2],
      [2, 1],
      [3, 0],
    ],
  );
});

test("authors are listed once, in the order of their first posts", () => {
  const store = new Store();
  const other = { author: { id: 2, name: "Jonas Meyer", team: null, host: false } };
  store.applyPosts(0, 3, [post(3), post(1, 1, other), post(2)]);
  assert.deepEqual(
    store.listAuthors().map(({ id }) => id),
    [2, 1],
  );
});
