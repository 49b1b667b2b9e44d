// What every page has: the browser's time zone for the server, and countdowns.

import { isShape, Times, zoneOf } from "tt/times";

/** @typedef {{ amount: number, unit: string }} Part */

const UNITS = /** @type {[string, number][]} */ ([
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]);

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
 * `<tt-countdown data-until="ISO" [data-reload]>`: the time left, in two units. With data-reload
 * the page loads anew when nothing is left, because then it has something else to say; not while
 * somebody has typed there what a reload would take away.
 */
class Countdown extends HTMLElement {
  /** @type {number | undefined} */
  timer;

  connectedCallback() {
    this.classList.add("count");
    this.setAttribute("role", "timer");
    this.draw();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  draw() {
    const left = (Date.parse(this.dataset.until ?? "") - Date.now()) / 1000;
    const parts = twoUnits(left);
    const words = parts.map(({ amount, unit }) => [amount, `${unit}${amount === 1 ? "" : "s"}`]);
    const text = words.flat().join(" ");
    if (this.dataset.shown !== text) {
      this.dataset.shown = text;
      this.replaceChildren(
        ...words.map(([amount, unit]) => {
          const part = document.createElement("div");
          const number = document.createElement("b");
          const name = document.createElement("span");
          number.className = "tnum";
          name.className = "dim";
          number.textContent = String(amount);
          name.textContent = String(unit);
          part.append(number, " ", name);
          return part;
        }),
      );
    }
    if (parts.length > 0) {
      const next = left > 86_400 ? 30_000 : (left % 1) * 1000 + 5;
      this.timer = window.setTimeout(() => this.draw(), next);
    } else if ("reload" in this.dataset && left > -5 && !isTyped()) {
      this.timer = window.setTimeout(() => window.location.reload(), 500 + Math.random() * 1000);
    }
  }
}

/** Does a form that is sent by hand hold what was not sent? */
function isTyped() {
  /** @type {NodeListOf<HTMLTextAreaElement>} */
  const fields = document.querySelectorAll("form[data-typed] textarea");
  const refused = document.querySelector("form[data-typed] .errorlist") !== null;
  return refused || [...fields].some((field) => field.value !== field.defaultValue);
}

/** Leaving a page with something typed asks first. */
function keepWhatIsTyped() {
  let isSent = false;
  const form = document.querySelector("form[data-typed]");
  if (!form) return;
  form.addEventListener("submit", () => {
    isSent = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && isTyped()) event.preventDefault();
  });
}

/** Tell the server the browser's zone, for people who have not chosen one of their own. */
function keepZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    const year = 365 * 86_400;
    // biome-ignore lint/suspicious/noDocumentCookie: CookieStore wants https.
    document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=${year}; samesite=lax`;
  }
}

/**
 * The server wrote times in the zone that it knew. On a first visit, or on a journey, that is not
 * this browser's: write them anew.
 */
function tellTimes() {
  const html = document.documentElement.dataset;
  const zone = zoneOf(html);
  if (zone === html.zone) return;
  const times = new Times(zone);
  for (const element of document.querySelectorAll("time")) {
    const { shape } = element.dataset;
    if (isShape(shape)) element.textContent = times.write(shape, element.dateTime);
  }
}

customElements.define("tt-countdown", Countdown);
keepZone();
tellTimes();
keepWhatIsTyped();
