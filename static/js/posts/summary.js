// The summary after the end: how much was said and by whom, the most valued posts, the shared links,
// and text that was not sent.

import { shortened } from "tt/posts/links";
import { mostValued, sharedLinks } from "tt/state/digest";
import { plural } from "tt/state/text";
import { copyText } from "tt/ui/copy";
import { linksOf, make, part, renderFace, textOf, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {{ text: string, discard: () => void }} Unsent */

const QUOTED = 240;

export class Summary {
  #root;
  #unsent = "";
  /** What each list shows, to leave alone what has not changed. @type {Map<string, string>} */
  #listed = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /**
   * @param {import("tt/state/store").Store} store
   * @param {number} me
   * @param {import("tt/connection/frames").Participant[]} here those who are named among the people
   */
  renderSummary(store, me, here) {
    const posts = [...store.posts.values()];
    const counts = store.countPosts();
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const authors = store.listAuthors();
    const said = `${plural(total, "post")} by ${plural(authors.length, "person", "people")}`;
    const isMine = authors.some(({ id }) => id === me);
    const yours = isMine
      ? "including you. The transcript is saved for everyone"
      : "and you read along";
    const words = total ? `${said}, ${yours}.` : "Nobody posted this time.";
    write(part(this.#root, "totals"), words);
    for (const [topic, count] of counts) {
      write(part(this.#root, `total-${topic}`), `· ${plural(count, "post")}`);
      this.#renderList(`valued-${topic}`, mostValued(posts, topic).map(quote), makeQuote);
    }
    const readers = here.filter(({ id }) => authors.every((author) => author.id !== id));
    part(this.#root, "again").hidden = total === 0;
    part(this.#root, "took-part").hidden = authors.length + readers.length === 0;
    this.#renderList("takers", authors, makeTaker);
    part(this.#root, "read-along").hidden = readers.length === 0;
    this.#renderList("readers", readers, makeTaker);
    const links = sharedLinks(posts, linksOf);
    part(this.#root, "shared").hidden = links.length === 0;
    this.#renderList("links", links, makeLink);
  }

  /**
   * @template T
   * @param {string} name
   * @param {T[]} things
   * @param {(thing: T) => HTMLElement} makeItem
   */
  #renderList(name, things, makeItem) {
    const now = JSON.stringify(things);
    if (this.#listed.get(name) === now) return;
    this.#listed.set(name, now);
    const list = part(this.#root, name);
    list.hidden = things.length === 0;
    list.replaceChildren(...things.map(makeItem));
  }

  /** Keep unsent text in view, to copy or discard. @param {Unsent[]} unsent */
  showUnsent(unsent) {
    const now = JSON.stringify(unsent.map(({ text }) => text));
    if (now === this.#unsent) return;
    this.#unsent = now;
    part(this.#root, "unsent").hidden = unsent.length === 0;
    part(this.#root, "unsent-list").replaceChildren(...unsent.map(makeUnsent));
  }
}

/** @param {Post} post */
function quote({ seq, author, html, reactions }) {
  const letters = [...textOf(html)];
  const text = letters.length > QUOTED ? `${letters.slice(0, QUOTED - 1).join("")}…` : "";
  const counts = Object.entries(reactions).filter(([, count]) => count > 0);
  return { seq, author: author.name, text: text || letters.join(""), counts };
}

/** @param {ReturnType<typeof quote>} quoted */
function makeQuote({ seq, author, text, counts }) {
  const link = document.createElement("a");
  link.href = `#p${seq}`;
  const words = make("bdi", text, "words");
  const said = counts.sort((a, b) => b[1] - a[1]).map(([emoji, count]) => `${emoji} ${count}`);
  const from = make("span", "", "source small dim");
  from.append(make("bdi", author), ` · ${said.join("  ")}`);
  link.append(words, from);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** @param {import("tt/state/digest").Shared} shared */
function makeLink({ address, by }) {
  const link = document.createElement("a");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.title = address;
  link.append(make("bdi", shortened(address) ?? address));
  const from = make("span", "", "small dim");
  from.append(" · ", make("bdi", by));
  const item = document.createElement("li");
  item.append(link, from);
  return item;
}

/** @param {import("tt/connection/frames").Person} person */
function makeTaker(person) {
  const face = make("span", "", "face");
  face.setAttribute("aria-hidden", "true");
  renderFace(face, person);
  const item = document.createElement("li");
  item.append(face, make("bdi", person.name));
  if (person.host) item.append(make("span", "curator", "host"));
  return item;
}

/** @param {Unsent} unsent */
function makeUnsent({ text, discard }) {
  const copy = make("button", "Copy", "quiet");
  copy.addEventListener("click", async () => {
    const isCopied = await copyText(text);
    if (!isCopied) window.getSelection()?.selectAllChildren(body);
    copy.textContent = isCopied ? "Copied" : "Selected. Press Ctrl+C (⌘C) to copy.";
  });
  const drop = make("button", "Discard", "quiet");
  drop.addEventListener("click", discard);
  const body = make("p", text, "body");
  body.dir = "auto";
  const item = document.createElement("li");
  item.append(body, copy, drop);
  return item;
}
