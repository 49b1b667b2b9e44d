import assert from "node:assert/strict";
import { test } from "node:test";
import { InlineForm } from "tt/posts/inline_form";
import { PostRenderer } from "tt/posts/renderer";
import { Lobby } from "tt/room/lobby";
import { People } from "tt/room/people";
import { element, page, stampAs } from "../support/page.js";
import "../support/law.js";

/** @param {string} name */
const focused = (name) => assert.equal(/** @type {any} */ (document.activeElement).name, name);

/** @returns {any} */
function article() {
  return element("article", element("chips"));
}

test("a reaction that disappears gives its focus to its post", () => {
  const body = page();
  const post = article();
  body.append(post);
  /** @type {any} */
  const options = { me: { id: 1, name: "Dana" }, ownReactions: () => new Set() };
  const renderer = new PostRenderer(options);
  renderer.mayReact = true;
  renderer.renderReactions(post, /** @type {any} */ ({ state: "shown", reactions: { "💡": 1 } }));
  post.children[0].children[0].focus();
  focused("button");
  renderer.renderReactions(post, /** @type {any} */ ({ state: "shown", reactions: {} }));
  focused("article");
});

/** @param {any} body */
function formIn(body) {
  const form = element("form", element("textarea"), element("why"));
  const first = article();
  body.append(first);
  /** @type {any} */
  const options = {
    storage: { get: () => null, set: () => {} },
    focusPost: (/** @type {any} */ post) => post.focus(),
    onResize: () => {},
  };
  stampAs(() => form);
  const inlineForm = new InlineForm(options);
  inlineForm.openForm("edit", /** @type {any} */ ({ seq: 1, body: "Hello" }), first);
  focused("textarea");
  const key = { key: "Escape", preventDefault: () => {}, stopPropagation: () => {} };
  const cancel = () => form.listeners.get("keydown")[0](key);
  return { first, inlineForm, cancel };
}

test("a form keeps the focus when all posts are rendered again, and gives it to the new element when it closes", () => {
  const body = page();
  const { first, inlineForm, cancel } = formIn(body);
  first.remove();
  const second = article();
  second.name = "second";
  body.append(second);
  inlineForm.moveForm(() => second);
  focused("textarea");
  cancel();
  focused("second");
});

test("a form that moves does not take the focus from another element", () => {
  const body = page();
  const { first, inlineForm } = formIn(body);
  const say = element("say");
  body.append(say);
  say.focus();
  first.remove();
  const second = article();
  body.append(second);
  inlineForm.moveForm(() => second);
  focused("say");
});

for (const [hidden, where] of /** @type {[boolean, string][]} */ ([
  [false, "talking"],
  [true, "chat"],
])) {
  test(`the choice that moves at the start leaves the focus to ${where}`, () => {
    const body = page();
    const choice = element("choice", element("talking"));
    const people = element("people", choice);
    people.hidden = hidden;
    const place = element("lobby-choice");
    const chat = element("chat", element("here"), element("here-list"), element("here-more"));
    chat.append(place);
    body.append(people, chat);
    const lobby = new Lobby(body);
    /** @type {any} */
    const nobody = { listNamed: () => [], count: 0 };
    lobby.renderLobby(nobody, true);
    choice.children[0].focus();
    focused("talking");
    lobby.renderLobby(nobody, false);
    focused(where);
  });
}

/** @param {number} id @param {string} name @param {any} [more] @returns {any} */
const person = (id, name, more = {}) => ({ id, name, mode: "talking", host: false, ...more });

test("an entry in the list of people keeps the focus when it changes or moves, and leaves it to the list", () => {
  const body = page();
  const root = element("people", element("counts"), element("persons"), element("nobody"));
  const modes = element("modes");
  modes.querySelectorAll = () => [];
  root.append(element("named"), element("named-row"), modes);
  body.append(root);
  const parts = ["face", "who", "host", "team"];
  stampAs(() => element("person", element("hush"), ...parts.map((name) => element(name))));
  const people = new People(root, 1, () => {});
  const none = { talking: 2, reading: 0, joined: [], left: [], changed: [] };
  people.replaceAll({ ...none, joined: [person(2, "Ada"), person(3, "Bo")] }, null);
  const list = root.querySelector("persons");
  list.children[0].children[0].focus();
  focused("hush");
  const button = document.activeElement;
  people.applyPresence({ ...none, changed: [person(2, "Zoe")] });
  assert.equal(document.activeElement, button);
  assert.equal(list.children[1].children[0], button);
  people.replaceAll({ ...none, joined: [person(2, "Ada"), person(3, "Bo")] }, null);
  assert.equal(document.activeElement, button);
  people.applyPresence({ ...none, left: [2] });
  focused("persons");
  people.replaceAll({ ...none, joined: [] }, null);
  assert.equal(list.children.length, 0);
});
