// Renders a post into its element, and again whenever it changes. Only what differs is touched, so
// that neither a selection nor the focus is lost.

import { shorten } from "tt/posts/links";
import { law } from "tt/state/law";
import { quoteOf } from "tt/state/quote";
import { make, part, renderFace, write } from "tt/ui/dom";

/** @typedef {import("tt/connection/frames").Post} Post */

export class PostRenderer {
  #me;
  #name;
  #times;
  #ownReactions;
  /** @type {WeakMap<HTMLElement, string>} */
  #written = new WeakMap();

  /**
   * @param {object} options
   * @param {{ id: number, name: string }} options.me
   * @param {import("tt/state/times").Times} options.times
   * @param {(seq: number) => Post | undefined} options.findPost
   * @param {(post: Post) => ReadonlySet<string>} options.ownReactions one's own reactions
   */
  constructor({ me, times, findPost, ownReactions }) {
    this.#me = me.id;
    this.#name = `@${me.name.toLowerCase()}`;
    this.#times = times;
    this.findPost = findPost;
    this.#ownReactions = ownReactions;
    /** False before and after the topics. */
    this.mayReact = false;
  }

  /**
   * @param {HTMLElement} element
   * @param {Post} post
   */
  renderPost(element, post) {
    element.id = `p${post.seq}`;
    renderFace(part(element, "face"), post.author);
    const who = part(element, "who");
    write(who, post.author.name);
    if (post.author.team) who.title = post.author.team;
    part(element, "host").hidden = !post.author.host;
    const at = part(element, "at");
    write(at, this.#times.formatTime(post.at));
    at.setAttribute("datetime", post.at);
    this.#renderMarks(element, post);
    this.renderQuote(element, post);
    this.#renderBody(part(element, "body"), post);
    this.#renderEarlierVersions(element, post);
    this.renderReactions(element, post);
    return element;
  }

  /**
   * @param {HTMLElement} body
   * @param {Post} post
   */
  #renderBody(body, { state, html, mentions = [] }) {
    const text = state === "shown" ? html : law.gone[state];
    if (this.#written.get(body) === text) return;
    this.#written.set(body, text);
    body.classList.toggle("gone", state !== "shown");
    if (state !== "shown") {
      write(body, text);
      return;
    }
    body.innerHTML = text;
    shorten(body);
    if (!mentions.includes(this.#me)) return;
    for (const mention of body.querySelectorAll("b")) {
      const isMine = mention.textContent?.toLowerCase().startsWith(this.#name);
      mention.classList.toggle("mine", isMine);
    }
  }

  /**
   * @param {HTMLElement} element
   * @param {Post} post
   */
  #renderMarks(element, post) {
    const edited = post.edited_at ? `edited ${this.#times.formatTime(post.edited_at)}` : "";
    const marks = [post.prepared && "prepared", post.pinned && "pinned", edited].filter(Boolean);
    const mark = part(element, "marks");
    write(mark, marks.join(" · "));
    mark.hidden = marks.length === 0;
    element.classList.toggle("pinned", post.pinned === true);
    const isForMe = post.state === "shown" && (post.mentions ?? []).includes(this.#me);
    part(element, "for-me").hidden = !isForMe;
    element.classList.toggle("mentions-me", isForMe);
  }

  /**
   * Quote the post that this one answers; again whenever that one changes.
   * @param {HTMLElement} element
   * @param {Post} post
   */
  renderQuote(element, { reply_to: seq }) {
    const answered = seq === undefined ? undefined : this.findPost(seq);
    const line = part(element, "re");
    line.hidden = !answered;
    if (!answered) return;
    line.setAttribute("href", `#p${seq}`);
    write(part(line, "re-who"), answered.author.name);
    write(part(line, "re-line"), quoteOf(answered));
  }
  /**
   * Its author sees the text before each edit.
   * @param {HTMLElement} element
   * @param {Post} post
   */
  #renderEarlierVersions(element, { was = [] }) {
    const there = element.querySelector("details");
    if (there && this.#written.get(there) === was.join("\0")) return;
    there?.remove();
    if (was.length === 0) return;
    const details = document.createElement("details");
    details.className = "earlier-versions small";
    const list = document.createElement("ol");
    for (const body of was) {
      const item = make("li", body);
      item.dir = "auto";
      list.append(item);
    }
    details.append(make("summary", "Earlier version (only you can see it)"), list);
    this.#written.set(details, was.join("\0"));
    part(element, "body").after(details);
  }

  /**
   * A chip for each emoji. If we were the last to take one back, its chip stays until the room
   * confirms that.
   * @param {HTMLElement} element
   * @param {Post} post
   */
  renderReactions(element, post) {
    const pressed = this.#ownReactions(post);
    const counts = new Map(Object.entries(post.state === "shown" ? post.reactions : {}));
    if (post.state === "shown") {
      for (const emoji of pressed) if (!counts.has(emoji)) counts.set(emoji, 1);
    }
    const chips = part(element, "chips");
    const there = new Map(
      [...chips.children].map((chip) => [/** @type {HTMLButtonElement} */ (chip).value, chip]),
    );
    for (const [emoji, chip] of there) {
      if (counts.has(emoji)) continue;
      // The focus must not be lost with it.
      if (chip === document.activeElement) element.focus({ preventScroll: true });
      chip.remove();
    }
    for (const [emoji, count] of counts) {
      const chip = /** @type {HTMLButtonElement} */ (there.get(emoji) ?? chipOf(emoji));
      write(/** @type {HTMLElement} */ (chip.lastElementChild), String(count));
      chip.setAttribute("aria-pressed", String(pressed.has(emoji)));
      chip.disabled = !this.mayReact;
      if (!there.has(emoji)) chips.append(chip);
    }
    chips.hidden = counts.size === 0;
  }
}

/** @param {string} emoji */
function chipOf(emoji) {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "chip";
  chip.value = emoji;
  chip.append(`${emoji} `, make("span", "", "tabular-numbers"));
  return chip;
}
