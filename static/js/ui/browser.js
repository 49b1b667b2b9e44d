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
  const { pathname, search, hash } = window.location;
  const next = encodeURIComponent(pathname + search + hash);
  window.location.assign(`${loginUrl}?next=${next}`);
  return true;
}

/**
 * Somebody looks at the page again, or it can be brought up to date: a tab came to the front, left
 * the browser's memory of pages or a frozen state, or the network is back.
 * @param {() => void} action
 */
export function whenBack(action) {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") action();
  });
  document.addEventListener("resume", action);
  window.addEventListener("pageshow", action);
  window.addEventListener("online", action);
}

/**
 * The page carries the server's time. It was written while we waited for the page, so it tells the
 * time as the answer to a ping does, unless the page came out of the browser's own store.
 * @param {import("tt/state/clock").ServerClock} clock which goes by performance.now()
 * @param {string} now ISO 8601
 */
export function hearPage(clock, now) {
  const [page] = performance.getEntriesByType("navigation");
  if (page instanceof PerformanceNavigationTiming && page.transferSize > 0) {
    clock.answered(page.requestStart, now, page.responseStart);
  } else {
    clock.hear(now);
  }
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
    document.body.classList.toggle("keyboard-open", isTyping && view.height < 520);
  };
  view.addEventListener("resize", fit);
  fit();
}
