// The title and the icon of the browser's tab: the time left and the topic, and three bars that fill.

import { fractions, minutesSeconds } from "tt/state/clock";

/** @typedef {import("tt/state/session_clock").Moment} Moment */

const REDRAW_EVERY = 10_000;
/** The topics' colours, in the light and the dark scheme. */
const HUES = [
  ["#00706f", "#5cd3d1"],
  ["#9c4f16", "#ffac73"],
  ["#843f95", "#eaa9f8"],
];
const TALL = 26;

/**
 * @param {Moment} moment
 * @param {string} title the page's own
 */
export function titleAt({ phase, left }, title) {
  if (phase.name === "lobby") return `${minutesSeconds(left)} · Lobby · ${title}`;
  if (phase.name === "topic") return `${minutesSeconds(left)} · Topic ${phase.topic} · ${title}`;
  if (phase.name === "closed") return `Over · ${title}`;
  return title;
}

/**
 * An SVG of three bars, each filled from below as far as its topic is over.
 * @param {number[]} done 0 to 1 each
 */
export function progressIcon(done) {
  const [light = "", dark = ""] = [0, 1].map((scheme) =>
    HUES.map((hues, index) => `.h${index}{fill:${hues[scheme]}}`).join(""),
  );
  const bars = done.map((part, index) => {
    const x = 1 + index * 10.7;
    const tall = Math.round(part * TALL);
    const shape = `x="${x}" width="8.6" rx="2.5"`;
    return (
      `<rect class="h${index}" opacity=".3" ${shape} y="3" height="${TALL}"/>` +
      `<rect class="h${index}" ${shape} y="${3 + TALL - tall}" height="${tall}"/>`
    );
  });
  const style = `<style>${light}@media (prefers-color-scheme:dark){${dark}}</style>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${style}${bars.join("")}</svg>`;
}

export class PageTitle {
  #page;
  #title;
  #icon;
  #plain;
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** @param {Document} page */
  constructor(page) {
    this.#page = page;
    this.#title = page.title;
    this.#icon = /** @type {HTMLLinkElement | null} */ (page.querySelector("link[rel=icon]"));
    this.#plain = this.#icon?.href ?? "";
  }

  /** @param {Moment} moment */
  renderMoment(moment) {
    const text = titleAt(moment, this.#title);
    if (this.#page.title !== text) this.#page.title = text;
    const isOn = moment.phase.name === "topic";
    const isDue = Math.abs(moment.now - this.#drawnAt) >= REDRAW_EVERY;
    if (!isOn) this.#setIcon(this.#plain);
    if (!isOn || !isDue) return;
    this.#drawnAt = moment.now;
    const svg = progressIcon(fractions(moment.startsAt, moment.now));
    this.#setIcon(`data:image/svg+xml,${encodeURIComponent(svg)}`);
  }

  /** @param {string} address */
  #setIcon(address) {
    if (this.#icon && this.#icon.href !== address) this.#icon.href = address;
  }
}
