// Suggestions while somebody types: people after an `@`, emoji after a colon. It is loaded when one
// of these is first typed, since most posts have neither.

import { Completion } from "tt/composer/completion";
import { Mentions } from "tt/composer/mentions";
import { Shortcodes } from "tt/composer/shortcodes";

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {number} options.me
 * @param {() => import("tt/composer/mentions").Somebody[]} options.listHere
 * @param {string} options.emoji the address of all emoji
 * @param {(text: string) => void} options.announce
 */
export function assist(root, { me, listHere, emoji, announce }) {
  const completion = new Completion(root);
  const mentions = new Mentions(completion, { me, listHere, announce });
  const shortcodes = new Shortcodes({ completion, url: emoji, announce });
  mentions.updateOffer();
  shortcodes.updateOffer();
}
