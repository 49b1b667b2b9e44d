// A post as one line, for replies to it and for the pin.

import { lineOf } from "tt/state/text";

const GONE = { removed: "(removed by its author)", hidden: "(hidden by the host)" };

/** The text, or the state of a post that is not shown. @param {import("tt/connection/frames").Post} post */
export function quoteOf({ state, html }) {
  return state === "shown" ? lineOf(html) : GONE[state];
}
