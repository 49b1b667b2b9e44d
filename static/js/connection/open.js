// The way into a room, for each page that shows one: what the page says, the link, and the doors.

import { Link } from "tt/connection/connection";
import { Poll } from "tt/connection/polling";
import { Connection } from "tt/connection/socket";
import { socketUrl } from "tt/ui/browser";

/**
 * What the page says about its room.
 * @typedef {object} RoomData
 * @property {number} session_id
 * @property {string} socket
 * @property {{ id: number, name: string }} me
 * @property {string} starts_at
 * @property {string} now
 * @property {string} login_url
 * @property {string} [api] where the room speaks plain HTTP
 * @property {string} [csrf]
 * @property {string} [ticket]
 * @property {import("tt/composer/draft_offer").Draft[]} [drafts] one's own prepared answers
 * @property {string} [emoji] where all emoji are listed
 * @property {string} [links] the address of this session's posts
 * @property {string} [posts] the same for what a program asks of them
 */

export const DOORS = {
  "signed-out": ["You’ve been signed out", "Sign in again, then come back to this page."],
  forbidden: [
    "You don’t have access to this room",
    "If you think you should, ask this session’s curator.",
  ],
  missing: ["Room not found", "This session doesn’t exist or hasn’t been published."],
};

/**
 * @param {RoomData} data
 * @param {object} options
 * @param {() => number} options.after the last revision held
 * @param {(frame: import("tt/connection/frames").Frame) => void} options.hear
 * @param {(state: import("tt/connection/socket").State, why?: import("tt/connection/socket").Why) => void} options.tell
 * @param {(kind: import("tt/connection/connection").Kind) => void} options.became
 * @param {() => void} [options.tooLarge]
 */
export function linkTo({ socket, api, csrf = "", ticket }, { after, tooLarge, ...ears }) {
  const url = socketUrl(socket, ticket);
  return new Link({
    socket: (own) => new Connection({ ...own, url, after, tooLarge }),
    http: api ? (own) => new Poll({ ...own, url: api, csrf, after, tooLarge }) : null,
    ...ears,
  });
}
