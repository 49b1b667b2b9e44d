// The end as a moment: what was said, by whom, and what did not make it.

import { drawFace, make, part, write } from "tt/dom";
import { plural } from "tt/text";

/** @typedef {{ text: string, discard: () => void }} Unsent */

export class Summary {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.unsent = "";
  }

  /**
   * @param {import("tt/store").Store} store
   * @param {number} me
   */
  draw(store, me) {
    const counts = store.counts();
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const authors = store.authors();
    const said = `${plural(total, "post")} by ${plural(authors.length, "person", "people")}`;
    const isMine = authors.some(({ id }) => id === me);
    const yours = isMine ? "yours among them" : "and you were here to read them";
    const words = total
      ? `${said}, ${yours}. The transcript is being kept for everyone.`
      : "Nobody posted this time.";
    write(part(this.root, "totals"), words);
    for (const [topic, count] of counts) {
      write(part(this.root, `total-${topic}`), `· ${plural(count, "post")}`);
    }
    part(this.root, "took-part").hidden = authors.length === 0;
    part(this.root, "again").hidden = total === 0;
    part(this.root, "takers").replaceChildren(...authors.map(drawTaker));
  }

  /** What was typed and did not arrive stays in sight. @param {Unsent[]} unsent */
  keep(unsent) {
    const now = JSON.stringify(unsent.map(({ text }) => text));
    if (now === this.unsent) return;
    this.unsent = now;
    part(this.root, "unsent").hidden = unsent.length === 0;
    part(this.root, "unsent-list").replaceChildren(...unsent.map(drawUnsent));
  }
}

/** @param {import("tt/frames").Person} person */
function drawTaker(person) {
  const face = make("span", "", "face");
  face.setAttribute("aria-hidden", "true");
  drawFace(face, person);
  const item = document.createElement("li");
  item.append(face, make("bdi", person.name));
  if (person.host) item.append(make("span", "curator", "host"));
  return item;
}

/** @param {Unsent} unsent */
function drawUnsent({ text, discard }) {
  const copy = make("button", "Copy", "quiet");
  copy.addEventListener("click", async () => {
    const isCopied = await copyText(text, body);
    copy.textContent = isCopied ? "Copied" : "Selected: copy it with your keyboard";
  });
  const drop = make("button", "Discard", "quiet");
  drop.addEventListener("click", discard);
  const body = make("p", text, "body");
  body.dir = "auto";
  const item = document.createElement("li");
  item.append(body, copy, drop);
  return item;
}

/**
 * Without https there is no clipboard: then the text is selected.
 * @param {string} text
 * @param {HTMLElement} shown
 */
async function copyText(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    window.getSelection()?.selectAllChildren(shown);
    return false;
  }
}
