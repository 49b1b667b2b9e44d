// Runs on every page: tells the server the browser's time zone, corrects times, starts countdowns,
// and keeps the fragment of a link over a sign-in.

import { Countdown, isTyped } from "tt/pages/countdown";
import { passedOn } from "tt/pages/fragment";
import { isShape, placeOf, Times, zoneOf } from "tt/state/times";

/** Ask before somebody leaves a page with unsent text. */
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

/** Tell the server the browser's time zone, for people who have not chosen one. */
function keepZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    const year = 365 * 86_400;
    const name = window.location.protocol === "https:" ? "__Host-tz" : "tz";
    const secure = name === "tz" ? "" : "; secure";
    // biome-ignore lint/suspicious/noDocumentCookie: CookieStore wants https.
    document.cookie = `${name}=${encodeURIComponent(zone)}; path=/; max-age=${year}; samesite=lax${secure}`;
  }
}

/**
 * Write times again in this browser's time zone and style. The server may not know them yet (on a
 * first visit), or the reader may have travelled.
 */
function tellTimes() {
  // Django's admin writes the root element of the desk's pages, so there another element has it.
  const bearer = /** @type {HTMLElement | null} */ (document.querySelector("[data-zone]"));
  const zone = zoneOf((bearer ?? document.documentElement).dataset) ?? "UTC";
  const times = new Times(zone);
  for (const element of document.querySelectorAll("time")) {
    const { shape } = element.dataset;
    if (!isShape(shape)) continue;
    const text = times.formatInstant(shape, element.dateTime);
    if (element.textContent !== text) element.textContent = text;
  }
  /** @type {NodeListOf<HTMLElement>} */
  const whose = document.querySelectorAll("[data-whose]");
  for (const element of whose) {
    const { whose: at = "", home = "" } = element.dataset;
    const there = new Times(home || zone);
    const paper = document.createElement("span");
    paper.className = "print-only";
    paper.textContent = ` (${placeOf(zone)}, ${times.formatOffset(at)})`;
    const differs = there.formatOffset(at) !== times.formatOffset(at);
    const beyond = differs ? `, ${there.formatTime(at)} in ${placeOf(home)}` : "";
    element.replaceChildren(...(zone === "UTC" ? ["UTC"] : ["your time", paper]), beyond);
  }
}

/**
 * A link to a post, /…/room/#p20, may lead through the sign-in. Browsers keep the fragment over a
 * redirect and never send it, so add it to the forms and links that lead on from here.
 */
function passOnFragment() {
  const { hash } = window.location;
  if (!/^#[\w-]{1,50}$/.test(hash)) return;
  /** @type {NodeListOf<HTMLInputElement>} */
  const fields = document.querySelectorAll("main input[name=next]");
  for (const field of fields) if (!field.value.includes("#")) field.value += hash;
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll("main a[href*='next=']");
  for (const link of links) {
    link.href = passedOn(link.href, window.location) ?? link.href;
  }
}

customElements.define("tt-countdown", Countdown);
passOnFragment();
keepZone();
tellTimes();
keepWhatIsTyped();
