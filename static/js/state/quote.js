// A post as one line: where another quotes it, and where it is pinned. Knows no DOM.

import { lineOf } from "tt/state/text";

const GONE = { removed: "(removed by its author)", hidden: "(hidden by the host)" };

/** One line of a post, or why there is none. @param {import("tt/connection/frames").Post} post */
export function quoteOf({ state, html }) {
  return state === "shown" ? lineOf(html) : GONE[state];
}
