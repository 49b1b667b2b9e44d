// A post as one line, for replies to it and for the pin.

import { law } from "tt/state/law";
import { lineOf } from "tt/state/text";

/** The text, or the state of a post that is not shown. @param {import("tt/connection/frames").Post} post */
export function quoteOf({ state, html }) {
  return state === "shown" ? lineOf(html) : law.quoted_gone[state];
}
