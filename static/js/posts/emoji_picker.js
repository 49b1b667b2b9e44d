// All emoji in groups, with a search: a grid with one tab stop. It is loaded when first opened.

import { plural } from "tt/state/text";
import { make, part, write } from "tt/ui/dom";
import { Popover } from "tt/ui/popover";

/** @typedef {[emoji: string, name: string, words: string]} Emoji */
/** @typedef {{ group: string, emoji: Emoji[] }} Group */

const COLUMNS = 8;
const MOST_FOUND = 120;

export class EmojiPicker {
  #url;
  #choose;
  #element;
  #search;
  #grids;
  #status;
  #popover;
  /** @type {Group[]} */
  #groups = [];
  /** @type {HTMLElement | null} */
  #all = null;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {string} options.url
   * @param {(emoji: string) => void} options.choose
   */
  constructor(root, { url, choose }) {
    this.#url = url;
    this.#choose = choose;
    this.#element = part(root, "picker");
    this.#search = /** @type {HTMLInputElement} */ (part(root, "picker-search"));
    this.#grids = part(root, "picker-grids");
    this.#status = part(root, "picker-status");
    this.#popover = new Popover(this.#element, { closed: () => this.#clearSearch() });
    this.#search.addEventListener("input", () => this.#renderFound());
    this.#search.addEventListener("keydown", (event) => this.#handleSearchKey(event));
    this.#grids.addEventListener("keydown", (event) => this.#handleGridKey(event));
    this.#grids.addEventListener("click", ({ target }) => {
      const cell = target instanceof Element ? target.closest("button") : null;
      if (cell) this.#chooseEmoji(cell.value);
    });
  }

  /**
   * @param {HTMLElement} anchor gets the focus back
   * @param {() => HTMLElement | undefined} home gets the focus if the anchor is gone
   */
  async open(anchor, home) {
    this.#popover.open(anchor, this.#search, home);
    if (this.#groups.length > 0) {
      this.#renderAll();
      return;
    }
    write(this.#status, "Loading…");
    try {
      const answer = await fetch(this.#url);
      if (!answer.ok) throw new Error(String(answer.status));
      this.#groups = await answer.json();
      write(this.#status, "");
      this.#renderFound();
      // The popover is smaller without the line that said it was loading.
      this.#popover.place();
    } catch {
      write(this.#status, "The emoji can’t be loaded right now. Close this and try again.");
    }
  }

  /** Render one group per frame, so that the first is there at once. */
  #renderAll() {
    if (!this.#all) {
      this.#all = make("div", "");
      const all = this.#all;
      const rest = [...this.#groups];
      const renderNext = () => {
        const group = rest.shift();
        if (!group) return;
        all.append(...makeGroup(group));
        this.#makeStop();
        requestAnimationFrame(renderNext);
      };
      renderNext();
    }
    if (this.#all.parentElement !== this.#grids) this.#grids.replaceChildren(this.#all);
    this.#makeStop();
  }

  #renderFound() {
    const words = this.#search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) {
      write(this.#status, "");
      this.#renderAll();
      return;
    }
    const found = search(this.#groups, words);
    const count = found.length > MOST_FOUND ? `the first ${MOST_FOUND}` : String(found.length);
    write(this.#status, found.length ? `${count} found` : "Nothing found. Try another word.");
    if (found.length === 1) write(this.#status, `${plural(1, "emoji", "emoji")} found`);
    const group = { group: "Found", emoji: found.slice(0, MOST_FOUND) };
    this.#grids.replaceChildren(...(found.length ? makeGroup(group) : []));
    this.#grids.scrollTop = 0;
    this.#makeStop();
  }

  get #cells() {
    return /** @type {HTMLElement[]} */ ([...this.#grids.querySelectorAll("[role=gridcell]")]);
  }

  /** One cell is the tab stop. */
  #makeStop() {
    if (this.#grids.querySelector("[role=gridcell][tabindex='0']")) return;
    const first = this.#grids.querySelector("[role=gridcell]");
    if (first) /** @type {HTMLElement} */ (first).tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  #handleSearchKey(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      this.#focusCell(this.#cells[0]);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const first = /** @type {HTMLButtonElement | undefined} */ (this.#cells[0]);
      if (first && this.#search.value.trim()) this.#chooseEmoji(first.value);
    }
  }

  /** @param {KeyboardEvent} event */
  #handleGridKey(event) {
    const cells = this.#cells;
    const at = cells.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (at < 0) return;
    const rows = [...this.#grids.querySelectorAll("[role=row]")];
    const row = rows.indexOf(/** @type {Element} */ (cells[at]?.parentElement));
    const column = [...(rows[row]?.children ?? [])].indexOf(/** @type {Element} */ (cells[at]));
    const inRow = (/** @type {Element | undefined} */ other) =>
      /** @type {HTMLElement | undefined} */ (
        other?.children[Math.min(column, other.children.length - 1)]
      );
    if (event.key === "ArrowUp" && row === 0) {
      event.preventDefault();
      this.#search.focus();
      return;
    }
    const next = {
      ArrowRight: cells[at + 1],
      ArrowLeft: cells[at - 1],
      ArrowDown: inRow(rows[row + 1]),
      ArrowUp: inRow(rows[row - 1]),
      Home: cells[0],
      End: cells[cells.length - 1],
    }[event.key];
    if (!next) return;
    event.preventDefault();
    this.#focusCell(next);
  }

  /** @param {HTMLElement | undefined} cell */
  #focusCell(cell) {
    if (!cell) return;
    for (const stop of this.#grids.querySelectorAll("[tabindex='0']")) {
      /** @type {HTMLElement} */ (stop).tabIndex = -1;
    }
    cell.tabIndex = 0;
    cell.focus();
  }

  /** @param {string} emoji */
  #chooseEmoji(emoji) {
    this.#popover.close({ back: true });
    this.#choose(emoji);
  }

  #clearSearch() {
    this.#search.value = "";
    this.#grids.scrollTop = 0;
  }
}

/**
 * The emoji that match every word; those whose name begins with the first word come first.
 * @param {Group[]} groups
 * @param {string[]} words in lower case
 */
export function search(groups, words) {
  const found = groups
    .flatMap(({ emoji }) => emoji)
    .filter(([, name, more]) => {
      const text = ` ${name} ${more}`.toLowerCase();
      return words.every((word) => text.includes(` ${word}`));
    });
  const isNamed = (/** @type {Emoji} */ [, name]) => name.startsWith(words[0] ?? "");
  return [...found.filter(isNamed), ...found.filter((one) => !isNamed(one))];
}

/** @param {Group} group */
function makeGroup({ group, emoji }) {
  const grid = make("div", "", "emoji-grid");
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", group);
  for (let start = 0; start < emoji.length; start += COLUMNS) {
    const row = make("div", "");
    row.setAttribute("role", "row");
    row.append(...emoji.slice(start, start + COLUMNS).map(makeCell));
    grid.append(row);
  }
  const title = make("p", group, "eyebrow");
  title.setAttribute("aria-hidden", "true");
  return [title, grid];
}

/** @param {Emoji} emoji */
function makeCell([char, name]) {
  const cell = document.createElement("button");
  cell.type = "button";
  cell.value = char;
  cell.textContent = char;
  cell.tabIndex = -1;
  cell.title = name;
  cell.setAttribute("role", "gridcell");
  cell.setAttribute("aria-label", name);
  return cell;
}
