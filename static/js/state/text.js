// Texts as the server sees them: cleaned, measured, quoted. Knows no DOM.

/**
 * The text as it is sent: composed and trimmed, without characters that a post may not have (control
 * characters except new lines, lone surrogates). Tabs become spaces.
 * @param {string} typed
 */
export function tidy(typed) {
  return typed
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "    ")
    .replace(/(?!\n)[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, "")
    .normalize("NFC")
    .trim();
}

/**
 * The length as the limit counts it: code points of the tidy text.
 * @param {string} text
 */
export function lengthOf(text) {
  return [...tidy(text)].length;
}

/**
 * Whether anything can be seen; the same as `has_something_visible` of `talktech/text/characters.py`.
 * @param {string} text
 */
export function isVisible(text) {
  // A character that this browser does not know is visible, so \p{C} would be too much.
  return /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]/u.test(
    text,
  );
}

const LONGEST_LINE = 120;
const ENTITIES = /** @type {Record<string, string>} */ ({
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
});

/**
 * A post's HTML as one line of text, no longer than the quotes of a transcript.
 * @param {string} html
 */
export function lineOf(html) {
  const text = html
    .replace(/<\/?(?:br|ul|ol|li|blockquote)>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
  // \uFEFF is no space for the server.
  const letters = [
    ...text
      .split(/[^\S\uFEFF]+/)
      .filter(Boolean)
      .join(" "),
  ];
  if (letters.length <= LONGEST_LINE) return letters.join("");
  return `${letters
    .slice(0, LONGEST_LINE - 1)
    .join("")
    .replace(/ $/, "")}…`;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;
}

/**
 * One or two letters for a face; the same as `people.names.initials`.
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = (words.length ? words : [name || "?"]).map((word) => [...word][0] ?? "");
  return ((letters[0] ?? "") + (letters.length > 1 ? letters.at(-1) : "")).toUpperCase();
}

/**
 * One of twelve hues for a face; the same as `people.names.hue`.
 * @param {number} id
 */
export function hue(id) {
  return ((id * 7) % 12) + 1;
}
