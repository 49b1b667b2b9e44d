// The facts about a room that its page holds for scripts.

/** @typedef {{ topic: number, id: string, body: string }} Draft a prepared answer */

/**
 * @typedef {object} Facts
 * @property {number} session_id
 * @property {{ id: number, name: string }} me
 * @property {string} starts_at
 * @property {string} now
 * @property {import("tt/state/law").Law} law
 * @property {string} login_url
 * @property {Draft[]} [drafts] one's own prepared answers
 * @property {string} [emoji] where all emoji are listed
 * @property {string} [links] the address of this session's posts
 * @property {string} [posts] the same in the API
 *
 * @typedef {Facts & import("tt/connection/open").RoomAddress} RoomData
 */

/** @returns {RoomData | null} null on a page without a room */
export function readRoomData() {
  const text = document.getElementById("room-data")?.textContent;
  return text ? JSON.parse(text) : null;
}
