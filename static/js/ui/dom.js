// Small hands for the parts that draw.

import { hue, initials } from "tt/state/text";

/**
 * The element with that data-part. A page without it is a mistake of ours, so it is said at once.
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`The page has no part “${name}”.`);
  return found;
}

/**
 * A copy of a pattern's first element.
 * @param {string} id of a template element
 * @returns {HTMLElement}
 */
export function stamp(id) {
  const pattern = document.getElementById(id);
  const first = pattern instanceof HTMLTemplateElement && pattern.content.firstElementChild;
  if (!first) throw new Error(`The page has no pattern “${id}”.`);
  return /** @type {HTMLElement} */ (first.cloneNode(true));
}

/**
 * Write a text where it differs: what is written anew is read out anew.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Show a line with this text, or hide it when there is none.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function line(element, text) {
  write(element, text);
  element.hidden = text === "";
}

/**
 * What a post says, without its markup.
 * @param {string} html a post's, safe
 */
export function textOf(html) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
  for (const block of content.querySelectorAll("p, ul, ol, li, pre, blockquote")) {
    block.before("\n");
    block.append("\n");
  }
  for (const end of content.querySelectorAll("br")) end.replaceWith("\n");
  return (content.textContent ?? "").replace(/\s+/g, " ").trim();
}

/**
 * Where the links of a post lead.
 * @param {string} html a post's, safe
 */
export function linksOf(html) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
  return [...content.querySelectorAll("a[href]")].map((link) => link.getAttribute("href") ?? "");
}

/**
 * @param {HTMLElement} face
 * @param {{ id: number, name: string }} person
 */
export function drawFace(face, person) {
  face.dataset.hue = String(hue(person.id));
  write(face, initials(person.name));
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
export function make(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/**
 * What is made once, when it is first asked for; null where that fails, and then tried again.
 * @template T
 * @param {() => Promise<T>} make
 * @returns {() => Promise<T | null>}
 */
export function lazily(make) {
  /** @type {Promise<T | null> | null} */
  let made = null;
  return () => {
    made ??= make().catch(() => {
      made = null;
      return null;
    });
    return made;
  };
}

/** @param {EventTarget | null} target */
export function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=radio], [type=checkbox])"))
  );
}
