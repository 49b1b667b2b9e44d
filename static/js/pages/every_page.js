// What every page has: the browser's time zone for the server, countdowns, and the way back to the
// very place that one was to see.

import { Countdown, isTyped } from "tt/pages/countdown";
import { passedOn } from "tt/pages/fragment";
import { isShape, placeOf, Times, zoneOf } from "tt/state/times";

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
    const name = window.location.protocol === "https:" ? "__Host-tz" : "tz";
    const secure = name === "tz" ? "" : "; secure";
    // biome-ignore lint/suspicious/noDocumentCookie: CookieStore wants https.
    document.cookie = `${name}=${encodeURIComponent(zone)}; path=/; max-age=${year}; samesite=lax${secure}`;
  }
}

/**
 * The server wrote times in the zone and the style that it knew. This browser's zone may be another
 * (on a first visit, or on a journey), and it knows its reader's custom better.
 */
function tellTimes() {
  // At the desk's lists and forms, whose first line is Django's, a part of the page bears it.
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
 * A link to one post, /…/room/#p20, may lead over the sign-in. Browsers keep the part behind the #
 * to themselves, and over a redirect; the forms and links that lead on from here pass it on.
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
