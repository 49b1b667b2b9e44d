// The line under the question that quotes the topic's pinned post and leads to it.

import { quoteOf } from "tt/state/quote";
import { part, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */

export class Pin {
  #line;
  #link;
  #who;
  #text;

  /**
   * @param {HTMLElement} root
   * @param {(seq: number) => void} goTo
   */
  constructor(root, goTo) {
    this.#line = part(root, "pin-line");
    this.#link = part(root, "pin-link");
    this.#who = part(root, "pin-who");
    this.#text = part(root, "pin-text");
    this.#link.addEventListener("click", (event) => {
      event.preventDefault();
      goTo(Number(this.#link.getAttribute("href")?.slice(2)));
    });
  }

  /**
   * @param {Iterable<Post>} posts
   * @param {number | null} topic
   */
  renderPin(posts, topic) {
    let pinned = null;
    for (const post of posts) if (post.pinned && post.topic === topic) pinned = post;
    this.#line.hidden = !pinned;
    if (!pinned) return;
    this.#link.setAttribute("href", `#p${pinned.seq}`);
    write(this.#who, pinned.author.name);
    write(this.#text, quoteOf(pinned));
  }
}
