// Instants as people read them, in one zone. Knows no DOM.

/** @typedef {"time" | "day" | "weekday" | "date" | "short" | "year"} Shape */

export class Times {
  /** @param {string} [zone] of the time zone database; without one, the browser's */
  constructor(zone) {
    /** @param {Intl.DateTimeFormatOptions} shape */
    const format = (shape) => new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: zone });
    this.shapes = {
      time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      day: format({ weekday: "long", day: "numeric", month: "long" }),
      weekday: format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
      date: format({ day: "numeric", month: "short", year: "numeric" }),
      short: format({ day: "numeric", month: "short" }),
      year: format({ year: "numeric" }),
    };
  }

  /** 14:00 @param {string | number} at */
  time(at) {
    return this.write("time", at);
  }

  /**
   * As the server writes it: "Thursday 26 November", "26 Nov 2026" (never "Sept").
   * @param {Shape} shape
   * @param {string | number} at ISO 8601 or milliseconds
   */
  write(shape, at) {
    const instant = new Date(at);
    if (shape === "time") return this.shapes.time.format(instant);
    const parts = this.shapes[shape].formatToParts(instant);
    const words = parts.filter(({ type }) => type !== "literal").map(({ value }) => value);
    return words.map((word) => (word === "Sept" ? "Sep" : word)).join(" ");
  }
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
  return ["time", "day", "weekday", "date", "short", "year"].includes(shape ?? "");
}
