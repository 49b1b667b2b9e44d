// The line above the composer that quotes the post which the text answers. Stored with the text.

import { quoteOf } from "tt/state/quote";
import { part, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */

const REPLY = "reply";

export class Reply {
  #storages;
  #line;
  #who;
  #text;

  /**
   * @param {HTMLElement} root
   * @param {import("tt/state/storage").PersonalStorage[]} storages this tab's first, then this browser's
   */
  constructor(root, storages) {
    this.#storages = storages;
    this.#line = part(root, "replying");
    this.#who = part(root, "replying-who");
    this.#text = part(root, "replying-line");
    const kept = Number(storages.map((storage) => storage.get(REPLY)).find(Boolean) ?? 0);
    /** @type {number | null} */
    this.seq = kept || null;
  }

  /** @param {Post | null} post */
  setPost(post) {
    this.seq = post?.seq ?? null;
    for (const storage of this.#storages) storage.set(REPLY, String(this.seq ?? ""));
    this.#renderLine(post ?? undefined);
  }

  /**
   * Posts came or changed: quote the answered one as it is now.
   * @param {(seq: number) => Post | undefined} find
   */
  updateQuote(find) {
    if (this.seq !== null) this.#renderLine(find(this.seq));
  }

  /** @param {Post | undefined} post */
  #renderLine(post) {
    this.#line.hidden = !post;
    write(this.#who, post?.author.name ?? "");
    write(this.#text, post ? quoteOf(post) : "");
  }
}
