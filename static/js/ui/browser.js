// Small adaptations to browsers: the way to the sign-in, a tab that comes back, a phone's keyboard.

import { browserStorage } from "tt/state/storage";

/**
 * Go to the sign-in page, which leads back here. Avoids a redirect loop when only the socket rejects
 * us.
 * @param {string} loginUrl
 * @returns {boolean} false if we have just come from there
 */
export function goToSignIn(loginUrl) {
  const kept = browserStorage("sessionStorage");
  const last = Number(kept?.getItem("tt/sign-in") ?? 0);
  if (Date.now() - last < 20_000) return false;
  kept?.setItem("tt/sign-in", String(Date.now()));
  const { pathname, search, hash } = window.location;
  const next = encodeURIComponent(pathname + search + hash);
  window.location.assign(`${loginUrl}?next=${next}`);
  return true;
}

/**
 * Call `action` when somebody looks at the page again or the network is back: the tab came to the
 * front, or the page left the back-forward cache or a frozen state.
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

/** Keep the composer above a phone's keyboard, which covers the page. */
export function watchKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const touch = window.matchMedia("(pointer: coarse)");
  const fit = () => {
    // Zooming in changes the viewport too, and must move nothing.
    if (view.scale > 1.01) return;
    const isTyping = touch.matches && document.activeElement instanceof HTMLTextAreaElement;
    document.body.style.setProperty("--view", `${view.height}px`);
    document.body.classList.toggle("keyboard-open", isTyping && view.height < 520);
  };
  view.addEventListener("resize", fit);
  fit();
}
