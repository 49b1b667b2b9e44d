// Formats instants as text, in one time zone and the reader's style. Knows no DOM.

/** @typedef {"time" | "day" | "full" | "weekday" | "date" | "short" | "year"} Shape */

/** The language of words for readers of other languages. */
const ENGLISH = "en-GB";

export class Times {
  #shapes;
  #offsets;

  /**
   * Screens are in English. Dates follow the reader's own English, if their first language is
   * English ("November 26"); hours follow the custom of their first language.
   * @param {string} [zone] of the time zone database; without one, the browser's
   * @param {readonly string[]} [languages] the reader's, by preference
   */
  constructor(zone, languages = globalThis.navigator?.languages ?? []) {
    const [first = ENGLISH] = languages;
    const words = /^en(-|$)/i.test(first) ? first : ENGLISH;
    const custom = new Intl.DateTimeFormat(first, { hour: "numeric" }).resolvedOptions();
    /** @param {Intl.DateTimeFormatOptions} shape */
    const format = (shape) => new Intl.DateTimeFormat(words, { ...shape, timeZone: zone });
    this.#shapes = {
      time: custom.hour12
        ? format({ hour: "numeric", minute: "2-digit", hour12: true })
        : format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      day: format({ weekday: "long", day: "numeric", month: "long" }),
      full: format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
      weekday: format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
      date: format({ day: "numeric", month: "short", year: "numeric" }),
      short: format({ day: "numeric", month: "short" }),
      year: format({ year: "numeric" }),
    };
    this.#offsets = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      timeZoneName: "shortOffset",
    });
  }

  /** 14:00, or 2:00 PM @param {string | number} at */
  formatTime(at) {
    return this.formatInstant("time", at);
  }

  /**
   * As the server writes it: "Thursday 26 November", "26 Nov 2026" (never "Sept").
   * @param {Shape} shape
   * @param {string | number} at ISO 8601 or milliseconds
   */
  formatInstant(shape, at) {
    const instant = new Date(at);
    if (shape === "time") return this.#shapes.time.format(instant);
    const parts = this.#shapes[shape].formatToParts(instant);
    const order = parts.map(({ type }) => type);
    if (order.indexOf("month") < order.indexOf("day")) return this.#shapes[shape].format(instant);
    const words = parts.filter(({ type }) => type !== "literal").map(({ value }) => value);
    return words.map((word) => (word === "Sept" ? "Sep" : word)).join(" ");
  }

  /** "UTC+1", "UTC+5:30", "UTC" @param {string | number} at */
  formatOffset(at) {
    const parts = this.#offsets.formatToParts(new Date(at));
    const { value = "" } = parts.find(({ type }) => type === "timeZoneName") ?? {};
    return value.replace("GMT", "UTC").replace(/\+0$/, "");
  }
}

/** The place that a zone is named after: "Berlin", "Buenos Aires, Argentina". @param {string} zone */
export function placeOf(zone) {
  const [city, ...larger] = zone.replaceAll("_", " ").split("/").reverse();
  return [city, ...larger.slice(0, -1)].join(", ");
}

/**
 * Our time zone: the one that the person chose, or the browser's.
 * @param {DOMStringMap} html the dataset of the root element
 */
export function zoneOf(html) {
  return html.chosenZone || Intl.DateTimeFormat().resolvedOptions().timeZone || html.zone;
}

/** @param {string | undefined} shape @returns {shape is Shape} */
export function isShape(shape) {
  return ["time", "day", "full", "weekday", "date", "short", "year"].includes(shape ?? "");
}
