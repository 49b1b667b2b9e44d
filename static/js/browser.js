// What differs from browser to browser, in one place.

/**
 * A storage, or null where the browser allows none.
 * @param {"sessionStorage" | "localStorage"} name
 */
export function shelf(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

const TICKET_LASTS = 55_000;

/**
 * The address of a socket on the server that the page came from, asked for at each attempt. While
 * the page is new, its ticket spares the first one a look at the sign-in.
 * @param {string} path
 * @param {string} [ticket]
 */
export function socketUrl(path, ticket = "") {
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const url = `${scheme}://${window.location.host}${path}`;
  const first = ticket ? `${url}?ticket=${encodeURIComponent(ticket)}` : url;
  let attempts = 0;
  return () => {
    attempts += 1;
    return attempts === 1 && performance.now() < TICKET_LASTS ? first : url;
  };
}

/**
 * Sign in, and come back here; but not round and round, where only the socket knows us no longer.
 * @param {string} loginUrl
 * @returns {boolean} false: we come from there just now
 */
export function toSignIn(loginUrl) {
  const kept = shelf("sessionStorage");
  const last = Number(kept?.getItem("tt/sign-in") ?? 0);
  if (Date.now() - last < 20_000) return false;
  kept?.setItem("tt/sign-in", String(Date.now()));
  const next = encodeURIComponent(window.location.pathname);
  window.location.assign(`${loginUrl}?next=${next}`);
  return true;
}

/** A phone's keyboard covers the page: keep the composer above it. */
export function watchKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const touch = window.matchMedia("(pointer: coarse)");
  const fit = () => {
    // Zooming in changes it too, and then nothing may move.
    if (view.scale > 1.01) return;
    const isTyping = touch.matches && document.activeElement instanceof HTMLTextAreaElement;
    document.body.style.setProperty("--view", `${view.height}px`);
    document.body.classList.toggle("short", isTyping && view.height < 520);
  };
  view.addEventListener("resize", fit);
  fit();
}
