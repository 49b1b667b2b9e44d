// The line over the composer: which post it answers. Kept with the draft.

import { quoteOf } from "tt/state/quote";
import { part, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */

const REPLY = "reply";

export class Reply {
  /**
   * @param {HTMLElement} root
   * @param {import("tt/state/storage").PersonalStorage[]} keeps this tab's first, then this browser's
   */
  constructor(root, keeps) {
    this.keeps = keeps;
    this.line = part(root, "replying");
    this.who = part(root, "replying-who");
    this.text = part(root, "replying-line");
    const kept = Number(keeps.map((keep) => keep.get(REPLY)).find(Boolean) ?? 0);
    /** @type {number | null} */
    this.seq = kept || null;
  }

  /** @param {Post | null} post */
  to(post) {
    this.seq = post?.seq ?? null;
    for (const keep of this.keeps) keep.set(REPLY, String(this.seq ?? ""));
    this.draw(post ?? undefined);
  }

  /**
   * The posts are here, or changed.
   * @param {(seq: number) => Post | undefined} find
   */
  seen(find) {
    if (this.seq !== null) this.draw(find(this.seq));
  }

  /** @param {Post | undefined} post */
  draw(post) {
    this.line.hidden = !post;
    write(this.who, post?.author.name ?? "");
    write(this.text, post ? quoteOf(post) : "");
  }
}
