// What differs from browser to browser, in one place.

import { browserStorage } from "tt/state/storage";

/**
 * Sign in, and come back here; but not round and round, where only the socket knows us no longer.
 * @param {string} loginUrl
 * @returns {boolean} false: we come from there just now
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
