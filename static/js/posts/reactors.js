// Shows who reacted, at a reaction that has the pointer or the focus, and announces it for keyboard
// users. The names are fetched when needed, once per revision of a post.

import { articleOf } from "tt/posts/toolbar";
import { make, part } from "tt/ui/dom";
import { Popover } from "tt/ui/popover";

/** @typedef {import("tt/connection/frames").Post} Post */
/** @typedef {Record<string, { count: number, people: { name: string }[] }>} Reactors */

const PAUSE = 300;
const GRACE = 200;
const NAMED = 12;
const KEPT = 200;

export class ReactorsTip {
  #url;
  #postOf;
  #announce;
  #fetchReactors;
  #tip;
  #popover;
  /** By post and revision. @type {Map<string, Promise<Reactors | null>>} */
  #known = new Map();
  /** @type {HTMLElement | null} */
  #chip = null;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {string} options.url of the session's posts
   * @param {(article: HTMLElement) => Post | undefined} options.postOf
   * @param {(text: string) => void} options.announce
   * @param {(url: string) => Promise<Reactors | null>} [options.fetchReactors]
   */
  constructor(root, { url, postOf, announce, fetchReactors = fetchFromServer }) {
    this.#url = url;
    this.#postOf = postOf;
    this.#announce = announce;
    this.#fetchReactors = fetchReactors;
    this.#tip = part(root, "reactors");
    this.#popover = new Popover(this.#tip, { closed: () => this.#forgetChip() });
    const stream = part(root, "stream");
    stream.addEventListener("pointerover", ({ target }) => {
      if (!chipOf(target)) this.#pointAt(null);
    });
    stream.addEventListener("pointerleave", () => this.#pointAt(null));
    this.#tip.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.#tip.addEventListener("pointerleave", () => this.#pointAt(null));
    stream.addEventListener("focusin", ({ target }) => {
      // A list that was opened from a menu closes when the focus moves on.
      if (!this.#chip && !chipOf(target)) this.#popover.close();
    });
    stream.addEventListener("focusout", () => {
      if (!this.#chip) return;
      this.#popover.close();
      this.#forgetChip();
    });
    stream.addEventListener("scroll", () => this.#popover.close(), { passive: true });
    stream.addEventListener("click", () => this.#popover.close());
    // Escape closes it wherever the focus is, as the pointer may have opened it.
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.#popover.isOpen) return;
        event.preventDefault();
        event.stopPropagation();
        this.#popover.close();
      },
      true,
    );
  }

  /** The pointer or the focus has reached a reaction. @param {HTMLElement} chip */
  handleReach(chip) {
    if (chip.matches(":focus-visible")) {
      if (chip !== this.#chip) this.#showReactors(chip, true);
    } else if (chip.matches(":hover")) this.#pointAt(chip);
  }

  /** The pointer is on this reaction, or on none. @param {HTMLElement | null} chip */
  #pointAt(chip) {
    if (chip && chip === this.#chip && this.#popover.isOpen) {
      clearTimeout(this.#timer);
      return;
    }
    clearTimeout(this.#timer);
    if (chip) this.#timer = window.setTimeout(() => this.#showReactors(chip), PAUSE);
    else if (this.#chip && !this.#chip.matches(":focus-visible")) {
      this.#timer = window.setTimeout(() => this.#popover.close(), GRACE);
    }
  }

  /**
   * @param {HTMLElement} chip
   * @param {boolean} [isSaid]
   */
  async #showReactors(chip, isSaid = false) {
    const article = articleOf(chip);
    const post = article && this.#postOf(article);
    if (!post || document.querySelector("[popover]:not([role=tooltip]):popover-open")) return;
    this.#popover.close();
    this.#chip = chip;
    const reactors = await this.#loadReactors(post);
    const { value: emoji } = /** @type {HTMLButtonElement} */ (chip);
    const found = reactors?.[emoji];
    if (!found || this.#chip !== chip || !chip.isConnected) return;
    const isWanted = chip.matches(":hover") || chip === document.activeElement;
    if (!isWanted) return;
    this.#openTip(chip, [[emoji, found]]);
    chip.setAttribute("aria-describedby", this.#tip.id);
    if (isSaid) this.#announce(`${emoji} ${listed(found)}`);
  }

  /**
   * Show all reactions of a post, for people who have neither a pointer nor a keyboard.
   * @param {Post} post
   * @param {HTMLElement} anchor
   */
  async showAll(post, anchor) {
    const reactors = await this.#loadReactors(post);
    // Names that are known already would appear within the click, which closes open popovers.
    await new Promise((done) => setTimeout(done));
    if (!reactors) {
      this.#announce("We can’t tell who reacted right now.");
      return;
    }
    const all = Object.entries(reactors);
    this.#openTip(anchor, all);
    this.#announce(all.map(([emoji, found]) => `${emoji} ${listed(found)}`).join(". "));
  }

  /**
   * @param {HTMLElement} anchor
   * @param {[emoji: string, found: Reactors[string]][]} lines
   */
  #openTip(anchor, lines) {
    this.#tip.replaceChildren(
      ...lines.map(([emoji, found]) => make("p", `${emoji} ${listed(found)}`)),
    );
    this.#popover.open(anchor, null);
  }

  #forgetChip() {
    this.#chip?.removeAttribute("aria-describedby");
    this.#chip = null;
  }

  /** @param {Post} post */
  #loadReactors({ seq, rev }) {
    const key = `${seq} ${rev}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= KEPT) this.#known.clear();
    const asked = this.#fetchReactors(`${this.#url}${seq}/reactions/`);
    this.#known.set(key, asked);
    asked.then((found) => !found && this.#known.delete(key));
    return asked;
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function chipOf(target) {
  return target instanceof Element ? target.closest("button.chip") : null;
}

/**
 * "Dana Kowalski, Jonas Meyer and 3 more"
 * @param {Reactors[string]} found
 */
export function listed({ count, people }) {
  const names = people.slice(0, NAMED).map(({ name }) => name);
  const rest = count - names.length;
  const last = rest > 0 ? `${rest} more` : names.pop();
  return names.length ? `${names.join(", ")} and ${last}` : `${last}`;
}

/** @param {string} url @returns {Promise<Reactors | null>} */
async function fetchFromServer(url) {
  try {
    const answer = await fetch(url);
    return answer.ok ? (await answer.json()).reactions : null;
  } catch {
    return null;
  }
}
