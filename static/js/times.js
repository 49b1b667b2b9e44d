// Instants as people read them, in one zone. Knows no DOM.

export class Times {
  /** @param {string} [zone] of the time zone database; without one, the browser's */
  constructor(zone) {
    /** @param {Intl.DateTimeFormatOptions} shape */
    const format = (shape) => new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: zone });
    this.shapes = {
      time: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      day: format({ weekday: "long", day: "numeric", month: "long" }),
      date: format({ day: "numeric", month: "short", year: "numeric" }),
    };
  }

  /** 14:00 @param {string | number} at */
  time(at) {
    return this.write("time", at);
  }

  /**
   * As the server writes it: "Thursday 26 November", "26 Nov 2026" (never "Sept").
   * @param {"time" | "day" | "date"} shape
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
