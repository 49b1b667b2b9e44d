// The way into a room, for each page that shows one: what the page says, the link, and the doors.

import { Connection } from "tt/connection/connection";
import { Polling } from "tt/connection/polling";
import { RoomSocket } from "tt/connection/socket";

/**
 * Where the room can be reached, as its page says it.
 * @typedef {object} RoomAddress
 * @property {string} socket
 * @property {string} [api] where the room speaks plain HTTP
 * @property {string} [csrf]
 * @property {string} [ticket]
 */

const TICKET_LASTS = 55_000;

export const NOT_ADMITTED = {
  "signed-out": ["You’ve been signed out", "Sign in again, then come back to this page."],
  forbidden: [
    "You don’t have access to this room",
    "If you think you should, ask this session’s curator.",
  ],
  missing: ["Room not found", "This session doesn’t exist or hasn’t been published."],
};

/**
 * @param {RoomAddress} address
 * @param {object} options
 * @param {() => number} options.after the last revision held
 * @param {(frame: import("tt/connection/frames").Frame) => void} options.hear
 * @param {(state: import("tt/connection/socket").State, why?: import("tt/connection/socket").Why) => void} options.tell
 * @param {(kind: import("tt/connection/connection").Kind) => void} options.became
 * @param {() => void} [options.tooLarge]
 */
export function openConnection({ socket, api, csrf = "", ticket }, { after, tooLarge, ...ears }) {
  const url = socketUrl(socket, ticket);
  return new Connection({
    socket: (own) => new RoomSocket({ ...own, url, after, tooLarge }),
    http: api ? (own) => new Polling({ ...own, url: api, csrf, after, tooLarge }) : null,
    ...ears,
  });
}

/**
 * The address of a socket on the server that the page came from, asked for at each attempt. While
 * the page is new, its ticket spares the first one a look at the sign-in.
 * @param {string} path
 * @param {string} [ticket]
 */
function socketUrl(path, ticket = "") {
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const url = `${scheme}://${window.location.host}${path}`;
  const first = ticket ? `${url}?ticket=${encodeURIComponent(ticket)}` : url;
  let attempts = 0;
  return () => {
    attempts += 1;
    return attempts === 1 && performance.now() < TICKET_LASTS ? first : url;
  };
}
