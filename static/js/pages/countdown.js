// Countdowns on pages. They go by the server's clock, since the browser's may be wrong by hours.

import { readPageTime, ServerClock } from "tt/state/clock";
import { whenBack } from "tt/ui/browser";

/** @typedef {{ amount: number, unit: string }} Part */

const UNITS = /** @type {[string, number][]} */ ([
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]);
const SENT_NOW = /data-now="([^"]+)"/;

/** All countdowns of a page share it. */
const clock = new ServerClock();

/**
 * The two largest units of a time span: 2 days 21 hours, 5 minutes 0 seconds.
 * @param {number} seconds
 * @returns {Part[]}
 */
export function twoUnits(seconds) {
  let rest = Math.max(0, Math.ceil(seconds));
  const parts = UNITS.map(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return { amount, unit };
  });
  const first = parts.findIndex((part) => part.amount > 0);
  return first < 0 ? [] : parts.slice(first, first + 2);
}

/**
 * `<tt-countdown data-until="ISO" data-now="ISO" [data-reload]>` shows the time left in two units;
 * `data-now` is the server's time when it rendered the page. With data-reload the page reloads at
 * the end, because its content changes then; but not while a form holds unsent text or the network
 * is away.
 */
export class Countdown extends HTMLElement {
  #until = 0;
  /** @type {number | undefined} */
  #timer;

  connectedCallback() {
    this.#until = Date.parse(this.dataset.until ?? "");
    this.classList.add("countdown");
    this.setAttribute("role", "timer");
    readPageTime(clock, this.dataset.now ?? "");
    whenBack(() => this.#render());
    this.#render();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #render() {
    clearTimeout(this.#timer);
    if (!this.isConnected) return;
    if (clock.hasSlept()) askServer().then(() => this.#render());
    const left = (this.#until - clock.now()) / 1000;
    const parts = twoUnits(left);
    this.#renderWords(
      parts.map(({ amount, unit }) => [amount, `${unit}${amount === 1 ? "" : "s"}`]),
    );
    if (parts.length > 0) {
      const next = left > 86_400 ? 30_000 : (left % 1) * 1000 + 5;
      this.#timer = window.setTimeout(() => this.#render(), next);
    } else if (this.#mayReload && !isTyped() && navigator.onLine) {
      // At a random moment, so that not all browsers ask at once; unless somebody began to type.
      const reload = () => isTyped() || window.location.reload();
      this.#timer = window.setTimeout(reload, 500 + Math.random() * 1000);
    }
  }

  /** @param {(string | number)[][]} words */
  #renderWords(words) {
    const text = words.flat().join(" ");
    if (this.dataset.shown === text) return;
    this.dataset.shown = text;
    this.replaceChildren(
      ...words.map(([amount, unit]) => {
        const part = document.createElement("div");
        const number = document.createElement("b");
        const name = document.createElement("span");
        number.className = "tabular-numbers";
        name.className = "dim";
        number.textContent = String(amount);
        name.textContent = String(unit);
        part.append(number, " ", name);
        return part;
      }),
    );
  }

  /** A page that was rendered after the end would reload for ever. */
  get #mayReload() {
    return "reload" in this.dataset && Date.parse(this.dataset.now ?? "") < this.#until;
  }
}

/** Set the clock after a sleep, from the server's time in a fresh copy of this page. */
async function askServer() {
  const sent = performance.now();
  try {
    const answer = await fetch(window.location.href, { cache: "no-store" });
    const received = performance.now();
    const [, now] = SENT_NOW.exec(await answer.text()) ?? [];
    if (now) clock.noteAnswer(sent, now, received);
  } catch {
    // The network is not back yet, so the device's clock must do.
  }
}

/** Whether a form holds text that was not sent. */
export function isTyped() {
  /** @type {NodeListOf<HTMLTextAreaElement>} */
  const fields = document.querySelectorAll("form[data-typed] textarea");
  const refused = document.querySelector("form[data-typed] .errorlist") !== null;
  return refused || [...fields].some((field) => field.value !== field.defaultValue);
}
