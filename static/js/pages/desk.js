// The curators' forms: adds rows for articles and prompts, and warns before typed text is lost. The
// forms also work without it: they have spare rows, and each button submits.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

const FIRST = "[name$='-url'], [name$='-minute'], [name$='-person']";
const NUMBERED = ["id", "name", "for", "aria-describedby", "aria-labelledby"];

/** A topic's articles or prompts: rows that the server counts in hidden fields. */
class Rows {
  #list;
  #button;
  #template;
  #total;
  #most;
  #least;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
    this.#button = /** @type {HTMLButtonElement | null} */ (list.querySelector("[data-add]"));
    this.#template = list.querySelector("template");
    this.#total = this.#counterOf("TOTAL_FORMS");
    this.#most = Number(this.#counterOf("MAX_NUM_FORMS").value);
    this.#least = Number(list.dataset.least ?? 1);
    if (!this.#button) return;
    this.#dropSpareRows();
    this.#updateButton();
    this.#button.addEventListener("click", () => this.#addRow());
  }

  /** @param {string} name */
  #counterOf(name) {
    const field = this.#list.querySelector(`[name="${this.#list.dataset.rows}-${name}"]`);
    return /** @type {HTMLInputElement} */ (field);
  }

  #updateButton() {
    if (this.#button) this.#button.hidden = Number(this.#total.value) >= this.#most;
  }

  /** Remove empty rows at the end; at least `least` rows stay. */
  #dropSpareRows() {
    const rows = [...this.#list.querySelectorAll(":scope > [data-row]")];
    for (const row of [...rows].reverse()) {
      if (rows.length <= this.#least || !isBlank(row)) return;
      rows.pop()?.remove();
      this.#total.value = String(rows.length);
    }
  }

  #addRow() {
    const row = this.#template?.content.firstElementChild?.cloneNode(true);
    if (!(row instanceof Element)) return;
    for (const node of [row, ...row.querySelectorAll("*")]) {
      for (const name of NUMBERED) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replaceAll("__prefix__", this.#total.value));
      }
    }
    this.#total.value = String(Number(this.#total.value) + 1);
    this.#template?.before(row);
    /** @type {HTMLElement | null} */ (row.querySelector(FIRST))?.focus();
    this.#updateButton();
  }
}

/** @param {Element} row */
function isBlank(row) {
  /** @type {NodeListOf<Field>} */
  const fields = row.querySelectorAll("input:not([type=checkbox]), select, textarea");
  return [...fields].every((field) => field.value === "") && !row.querySelector(".errorlist");
}

/**
 * Ask before somebody leaves the page with unsent text.
 * @param {HTMLFormElement} form
 */
function keepWhatIsTyped(form) {
  let typed = form.querySelector(".errorlist, .error-summary, .preview") !== null;
  form.addEventListener("input", () => {
    typed = true;
  });
  form.addEventListener("submit", () => {
    typed = false;
  });
  form.querySelector("[data-discard]")?.addEventListener("click", () => {
    typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

/**
 * Enter in a panel presses that panel's button, not the first one of the page.
 * @param {Element} panel
 */
function enterMeansThisPanel(panel) {
  panel.addEventListener("keydown", (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== "Enter") return;
    if (!(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    /** @type {HTMLButtonElement | null} */ (panel.querySelector("button[name=verb]"))?.click();
  });
}

const form = document.querySelector("form[data-desk]");
if (form instanceof HTMLFormElement) {
  for (const list of form.querySelectorAll("[data-rows]")) {
    new Rows(/** @type {HTMLElement} */ (list));
  }
  for (const panel of form.querySelectorAll("[data-panel]")) enterMeansThisPanel(panel);
  keepWhatIsTyped(form);
}
