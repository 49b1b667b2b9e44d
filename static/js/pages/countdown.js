// Countdowns on pages, by the server's clock: the browser's own may be wrong by hours.

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

/** One for all countdowns of a page. */
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
 * `<tt-countdown data-until="ISO" data-now="ISO" [data-reload]>`: the time left, in two units;
 * `data-now` is the server's time when it wrote the page. With data-reload the page loads again
 * when nothing is left, because then it has something else to say; not while somebody has typed
 * there what a reload would take away, or without a network.
 */
export class Countdown extends HTMLElement {
  /** @type {number | undefined} */
  timer;

  connectedCallback() {
    this.until = Date.parse(this.dataset.until ?? "");
    this.classList.add("countdown");
    this.setAttribute("role", "timer");
    readPageTime(clock, this.dataset.now ?? "");
    whenBack(() => this.draw());
    this.draw();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  draw() {
    clearTimeout(this.timer);
    if (!this.isConnected) return;
    if (clock.hasSlept()) askServer().then(() => this.draw());
    const left = ((this.until ?? 0) - clock.now()) / 1000;
    const parts = twoUnits(left);
    this.write(parts.map(({ amount, unit }) => [amount, `${unit}${amount === 1 ? "" : "s"}`]));
    if (parts.length > 0) {
      const next = left > 86_400 ? 30_000 : (left % 1) * 1000 + 5;
      this.timer = window.setTimeout(() => this.draw(), next);
    } else if (this.mayReload && !isTyped() && navigator.onLine) {
      // Not all at once; and whoever begins to type in the meantime keeps their text.
      const reload = () => isTyped() || window.location.reload();
      this.timer = window.setTimeout(reload, 500 + Math.random() * 1000);
    }
  }

  /** @param {(string | number)[][]} words */
  write(words) {
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

  /** A page that was written after the moment would say the same again, for ever. */
  get mayReload() {
    return "reload" in this.dataset && Date.parse(this.dataset.now ?? "") < (this.until ?? 0);
  }
}

/** After a sleep: what time is it? This page is asked for, because it says so. */
async function askServer() {
  const sent = performance.now();
  try {
    const answer = await fetch(window.location.href, { cache: "no-store" });
    const received = performance.now();
    const [, now] = SENT_NOW.exec(await answer.text()) ?? [];
    if (now) clock.noteAnswer(sent, now, received);
  } catch {
    // The network is not back yet; then the clock on the wall has to do.
  }
}

/** Does a form that is sent by hand hold what was not sent? */
export function isTyped() {
  /** @type {NodeListOf<HTMLTextAreaElement>} */
  const fields = document.querySelectorAll("form[data-typed] textarea");
  const refused = document.querySelector("form[data-typed] .errorlist") !== null;
  return refused || [...fields].some((field) => field.value !== field.defaultValue);
}
