// The numbers and words of the room's law, as the server gives them with the page.

/**
 * Times are in milliseconds, lengths in characters.
 * @typedef {object} Law
 * @property {number} topics
 * @property {number} topic
 * @property {number} lobby
 * @property {number} longest_body
 * @property {number} longest_reason
 * @property {{ removed: string, hidden: string }} gone
 * @property {{ removed: string, hidden: string }} quoted_gone
 * @property {string} silenced
 */

/** @type {Law} */
export const law = /** @type {any} */ ({});

/** Once, before anything else asks for the law. @param {Law} given */
export function setLaw(given) {
  Object.assign(law, given);
}

/** @returns {number[]} 1 to the last */
export function topicPositions() {
  return Array.from({ length: law.topics }, (_, index) => index + 1);
}
