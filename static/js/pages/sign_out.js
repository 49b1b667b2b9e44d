// What somebody wrote and did not send stays in their browser, for them alone.

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} BrowserStorage */

/** How tt/state/storage names things: session, person, name. */
const OWN = /^tt\/\d+\/(\d+)\/(.*)$/s;
/** A message to the other tabs: who signs out. */
const LEFT = "tt/left";
/** Names of what holds somebody's words: a draft, a post on its way, a half-made edit. */
const WORDS = /^(draft$|send\/|edit\/)/;

/**
 * @param {BrowserStorage} shelf
 * @returns {{ key: string, person: number, name: string }[]}
 */
function kept(shelf) {
  const keys = Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? "");
  return keys.flatMap((key) => {
    const found = OWN.exec(key);
    return found ? [{ key, person: Number(found[1]), name: found[2] ?? "" }] : [];
  });
}

/**
 * Is there something that was written and not sent?
 * @param {BrowserStorage[]} shelves
 */
export function hasUnsent(shelves) {
  return shelves.some((shelf) =>
    kept(shelf).some(({ key, name }) => WORDS.test(name) && shelf.getItem(key)),
  );
}

/**
 * Forget what others left here, who used this browser before; everything, where nobody stays.
 * @param {BrowserStorage[]} shelves
 * @param {number} [person] who stays
 */
export function forget(shelves, person) {
  for (const shelf of shelves) {
    for (const entry of kept(shelf)) {
      if (entry.person !== person) shelf.removeItem(entry.key);
    }
  }
}

/**
 * Forget what this person left here.
 * @param {BrowserStorage[]} shelves
 * @param {number} person
 */
export function forgetOwn(shelves, person) {
  for (const shelf of shelves) {
    for (const entry of kept(shelf)) if (entry.person === person) shelf.removeItem(entry.key);
  }
}

/**
 * Somebody signs out: the other tabs have storages of their own, which only they can clear. They
 * hear of it at once, before the answer to the sign-out clears this one; nothing of it stays.
 * @param {Pick<Storage, "setItem" | "removeItem">} shelf shared by all tabs
 * @param {number} person
 */
export function tellTabs(shelf, person) {
  shelf.setItem(LEFT, String(person));
  shelf.removeItem(LEFT);
}

/**
 * Who signed out in another tab; null where a change of the shared storage tells something else.
 * @param {Pick<StorageEvent, "key" | "newValue">} change
 */
export function whoLeft({ key, newValue }) {
  return key === LEFT && newValue ? Number(newValue) : null;
}

/** @returns {BrowserStorage[]} those that the browser allows */
function shelves() {
  try {
    return [window.localStorage, window.sessionStorage];
  } catch {
    return [];
  }
}

/** @param {Document} page */
function guard(page) {
  // Also on pages for who is signed out: a tab may have been sent there, and holds drafts still.
  window.addEventListener("storage", (change) => {
    const person = whoLeft(change);
    if (person !== null) forgetOwn(shelves(), person);
  });
  /** @type {HTMLMetaElement | null} */
  const meta = page.querySelector("meta[name=person]");
  if (!meta) return;
  forget(shelves(), Number(meta.content));
  /** @type {HTMLElement | null} */
  const warning = page.querySelector("[data-unsent]");
  if (warning) warning.hidden = !hasUnsent(shelves());
  page.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const action = form.getAttribute("action") ?? "";
    if (!action.endsWith("/accounts/logout/")) return;
    if (!warning && hasUnsent(shelves())) {
      // The page of that address says what would be lost.
      event.preventDefault();
      window.location.assign(action);
      return;
    }
    forget(shelves());
    const [shared] = shelves();
    if (shared) tellTabs(shared, Number(meta.content));
  });
}

if (typeof document !== "undefined") guard(document);
