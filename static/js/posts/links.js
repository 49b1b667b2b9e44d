// Shortens web addresses in posts for display: the host, and the beginning of the rest.

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
  // The host is never cut: readers must see where the link leads.
  const room = Math.max(12, LONGEST - name.length);
  const letters = [...rest];
  return name + (letters.length > room ? `${letters.slice(0, room - 1).join("")}…` : rest);
}

/**
 * Shorten the links in an element.
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
    // Characters that could reverse, break or hide text stay encoded.
    return decodeURI(path).replace(/[\p{C}\p{Z}\p{Bidi_Control}]/gu, encodeURIComponent);
  } catch {
    return path;
  }
}
