// Addresses in posts as one reads them: the host, and the beginning of the rest. Knows no DOM but
// the links that it is given; what is stored stays as it is.

const LONGEST = 42;

/**
 * `learning.example/informal…` for a long address; null for what is no web address.
 * @param {string} address
 */
export function shortened(address) {
  if (!URL.canParse(address)) return null;
  const { host, pathname, search, hash, protocol } = new URL(address);
  if (!/^https?:$/.test(protocol)) return null;
  const rest = readable(pathname + search + hash).replace(/^\/$/, "");
  const name = host.replace(/^www\./, "");
  // A host is never cut: whoever reads it must see where the link leads.
  const room = Math.max(12, LONGEST - name.length);
  const letters = [...rest];
  return name + (letters.length > room ? `${letters.slice(0, room - 1).join("")}…` : rest);
}

/**
 * Shorten the links of a post, as it is drawn.
 * @param {ParentNode} body
 */
export function shorten(body) {
  for (const link of body.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href") ?? "";
    const short = shortened(address);
    if (short === null || short === link.textContent) continue;
    /** @type {HTMLElement} */ (link).title = address;
    link.textContent = short;
  }
}

/** @param {string} path percent-encoded */
function readable(path) {
  try {
    // What would turn the text around, break it or hide in it stays encoded.
    return decodeURI(path).replace(/[\p{C}\p{Z}\p{Bidi_Control}]/gu, encodeURIComponent);
  } catch {
    return path;
  }
}
