// Protects unsent text in a shared browser: a sign-out deletes it, after asking, in all tabs.

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} BrowserStorage */

/** The keys that tt/state/storage uses: session, person, name. */
const OWN = /^tt\/\d+\/(\d+)\/(.*)$/s;
/** The key of the message that tells other tabs about a sign-out. */
const LEFT = "tt/left";
/** Names of entries with text: a draft, a post that was not sent, an unfinished edit. */
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
 * Whether there is unsent text.
 * @param {BrowserStorage[]} shelves
 */
export function hasUnsent(shelves) {
  return shelves.some((shelf) =>
    kept(shelf).some(({ key, name }) => WORDS.test(name) && shelf.getItem(key)),
  );
}

/**
 * Delete what other people left in this browser; everything if nobody stays signed in.
 * @param {BrowserStorage[]} shelves
 * @param {number} [person] the one who stays signed in
 */
export function forget(shelves, person) {
  for (const shelf of shelves) {
    for (const entry of kept(shelf)) {
      if (entry.person !== person) shelf.removeItem(entry.key);
    }
  }
}

/**
 * Delete what this person left here.
 * @param {BrowserStorage[]} shelves
 * @param {number} person
 */
export function forgetOwn(shelves, person) {
  for (const shelf of shelves) {
    for (const entry of kept(shelf)) if (entry.person === person) shelf.removeItem(entry.key);
  }
}

/**
 * Tell the other tabs that somebody signs out, since each has a session storage that only it can
 * clear. The message is removed at once.
 * @param {Pick<Storage, "setItem" | "removeItem">} shelf shared by all tabs
 * @param {number} person
 */
export function tellTabs(shelf, person) {
  shelf.setItem(LEFT, String(person));
  shelf.removeItem(LEFT);
}

/**
 * The person who signed out in another tab; null for any other change of the shared storage.
 * @param {Pick<StorageEvent, "key" | "newValue">} change
 */
export function whoLeft({ key, newValue }) {
  return key === LEFT && newValue ? Number(newValue) : null;
}

/** @returns {BrowserStorage[]} none where the browser forbids them */
function shelves() {
  try {
    return [window.localStorage, window.sessionStorage];
  } catch {
    return [];
  }
}

/** @param {Document} page */
function guard(page) {
  // Also on pages for people who are signed out: a tab that was sent there may still hold drafts.
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
      // The page at that address says what would be lost.
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
