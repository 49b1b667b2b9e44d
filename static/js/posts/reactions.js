// Our reactions: by a click on a chip, from six common emoji, or from the picker with all. A chip
// looks pressed at once; its count changes when the room says so.

import { part } from "tt/ui/dom";
import { Popover, step } from "tt/ui/popover";

/** @typedef {import("tt/connection/frames").Post} Post */

const PATIENCE = 2000;

export class Reactions {
  #url;
  #request;
  #renderPost;
  #findPost;
  #articleOf;
  #announce;
  #root;
  /** What was asked for and not answered, per post and emoji. @type {Map<string, boolean>} */
  #wanted = new Map();
  #seq = 0;
  #quick;
  #popover;
  /** @type {Promise<import("tt/posts/emoji_picker").EmojiPicker> | null} */
  #picker = null;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {string} options.url of all emoji
   * @param {(frame: object) => Promise<unknown>} options.request
   * @param {(post: Post) => void} options.renderPost
   * @param {(seq: number) => Post | undefined} options.findPost
   * @param {(seq: number) => HTMLElement | undefined} options.articleOf
   * @param {(text: string) => void} options.announce
   */
  constructor(root, { url, request, renderPost, findPost, articleOf, announce }) {
    this.#url = url;
    this.#request = request;
    this.#renderPost = renderPost;
    this.#findPost = findPost;
    this.#articleOf = articleOf;
    this.#announce = announce;
    this.#root = root;
    this.#quick = part(root, "quick");
    this.#popover = new Popover(this.#quick);
    this.#quick.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button?.value === "more") this.#openPicker();
      else if (button) this.#chooseQuick(button.value);
    });
    this.#quick.addEventListener("keydown", (event) => {
      step(event, [...this.#quick.querySelectorAll("button")]);
    });
  }

  /** Our reactions to a post, including requests without an answer. @param {Post} post @returns {Set<string>} */
  ownReactions(post) {
    const pressed = new Set(post.state === "shown" ? post.mine : []);
    if (this.#wanted.size === 0 || post.state !== "shown") return pressed;
    for (const [key, isOn] of this.#wanted) {
      const [seq, emoji = ""] = key.split(" ");
      if (Number(seq) !== post.seq) continue;
      if (isOn) pressed.add(emoji);
      else pressed.delete(emoji);
    }
    return pressed;
  }

  /**
   * @param {Post} post
   * @param {string} emoji
   */
  async toggleReaction(post, emoji) {
    const isOn = !this.ownReactions(post).has(emoji);
    const key = `${post.seq} ${emoji}`;
    this.#wanted.set(key, isOn);
    this.#renderPost(post);
    const refused = await this.#request({ type: "react", seq: post.seq, emoji, on: isOn });
    if (!refused) this.#announce(isOn ? `Reacted with ${emoji}.` : `Removed ${emoji}.`);
    // The frame that confirms it comes shortly before or after the answer.
    setTimeout(() => this.#settleReaction(key, isOn), refused ? 0 : PATIENCE);
  }

  /** Posts came: forget the requests that they confirm. @param {Post[]} posts */
  confirmReactions(posts) {
    for (const { seq, mine = [] } of this.#wanted.size > 0 ? posts : []) {
      for (const [key, isOn] of this.#wanted) {
        const [of, emoji = ""] = key.split(" ");
        if (Number(of) === seq && mine.includes(emoji) === isOn) this.#wanted.delete(key);
      }
    }
  }

  /**
   * @param {string} key
   * @param {boolean} isOn
   */
  #settleReaction(key, isOn) {
    if (this.#wanted.get(key) !== isOn) return;
    this.#wanted.delete(key);
    const post = this.#findPost(Number.parseInt(key, 10));
    if (post) this.#renderPost(post);
  }

  /**
   * Open the popover with six emoji.
   * @param {Post} post
   * @param {HTMLElement} anchor
   */
  offerQuick(post, anchor) {
    if (this.#popover.isOpen && this.#seq === post.seq) {
      this.#popover.close({ back: true });
      return;
    }
    this.#seq = post.seq;
    const pressed = this.ownReactions(post);
    for (const button of this.#quick.querySelectorAll("button")) {
      if (button.value !== "more") {
        button.setAttribute("aria-pressed", String(pressed.has(button.value)));
      }
    }
    const first = this.#quick.querySelector("button");
    this.#popover.open(anchor, first, () => this.#articleOf(post.seq));
  }

  /** @param {string} emoji */
  #chooseQuick(emoji) {
    const post = this.#findPost(this.#seq);
    this.#popover.close({ back: true });
    if (post) this.toggleReaction(post, emoji);
  }

  /** The picker and its data are loaded when it is first opened. */
  async #openPicker() {
    const { anchor, home } = this.#popover;
    if (!anchor) return;
    this.#popover.close({ back: true });
    this.#picker ??= import("tt/posts/emoji_picker").then(
      ({ EmojiPicker }) =>
        new EmojiPicker(this.#root, { url: this.#url, choose: (one) => this.#choosePicked(one) }),
    );
    try {
      await (await this.#picker).open(anchor, home);
    } catch {
      this.#picker = null;
      this.#announce("The emoji can’t be loaded right now.");
    }
  }

  /** @param {string} emoji */
  #choosePicked(emoji) {
    const post = this.#findPost(this.#seq);
    if (post) this.toggleReaction(post, emoji);
  }
}
