// Helpers for parts that change the page.

import { hue, initials } from "tt/state/text";

/**
 * The element with that data-part. A page without it is a bug, so this throws.
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
 * A copy of the first element in a template.
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
 * Set a text if it differs. Screen readers read what is set again.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Show a line with this text, or hide it if the text is empty.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function line(element, text) {
  write(element, text);
  element.hidden = text === "";
}

/**
 * A post's text without its markup.
 * @param {string} html
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
 * The addresses of a post's links.
 * @param {string} html
 */
export function linksOf(html) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
  return [...content.querySelectorAll("a[href]")].map((link) => link.getAttribute("href") ?? "");
}

/**
 * @param {HTMLElement} face
 * @param {{ id: number, name: string }} person
 */
export function renderFace(face, person) {
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
 * A function that makes something once, at its first call. It returns null if that fails, and then
 * tries again at the next call.
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
