// Opens the connection to a room for the pages that show one, and says why somebody is not admitted.

import { Connection } from "tt/connection/connection";
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
 * @param {() => number} options.after the last revision that we hold
 * @param {(frame: import("tt/connection/frames").Frame) => void} options.onFrame
 * @param {(state: import("tt/connection/socket").State, why?: import("tt/connection/socket").Why) => void} options.onState
 * @param {(kind: import("tt/connection/connection").Kind) => void} options.onKind
 * @param {() => void} [options.onTooLarge]
 */
export function openConnection({ socket, api, csrf = "", ticket }, { after, onTooLarge, ...on }) {
  const url = socketUrl(socket, ticket);
  return new Connection({
    socket: (listener) => new RoomSocket({ ...listener, url, after, onTooLarge }),
    loadHttp: api
      ? async (listener) => {
          const { Polling } = await import("tt/connection/polling");
          return new Polling({ ...listener, url: api, csrf, after, onTooLarge });
        }
      : null,
    ...on,
  });
}

/**
 * A function that returns the socket's address for the next attempt. While the page is new, its
 * ticket spares the server a look at the sign-in for the first one.
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
