// The curator's page: rows for articles as they are needed, and a warning before typed text is
// lost. Without this file the page works too: it has spare rows, and each button submits.

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */

const NUMBERED = ["id", "name", "for", "aria-describedby", "aria-labelledby"];

/** The articles of one topic: a list of rows that the server counts in hidden fields. */
class Articles {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    this.button = /** @type {HTMLButtonElement | null} */ (list.querySelector("[data-add]"));
    this.template = list.querySelector("template");
    this.total = this.#count("TOTAL_FORMS");
    this.most = Number(this.#count("MAX_NUM_FORMS").value);
    if (!this.button) return;
    this.#dropSpareRows();
    this.#look();
    this.button.addEventListener("click", () => this.#add());
  }

  /** @param {string} name */
  #count(name) {
    const field = this.list.querySelector(`[name="${this.list.dataset.articles}-${name}"]`);
    return /** @type {HTMLInputElement} */ (field);
  }

  #look() {
    if (this.button) this.button.hidden = Number(this.total.value) >= this.most;
  }

  /** Rows at the end in which there is nothing; the first one always stays. */
  #dropSpareRows() {
    const rows = [...this.list.querySelectorAll(":scope > [data-row]")];
    for (let row = rows.at(-1); row && rows.length > 1 && isBlank(row); row = rows.at(-1)) {
      rows.pop()?.remove();
      this.total.value = String(rows.length);
    }
  }

  #add() {
    const row = this.template?.content.firstElementChild?.cloneNode(true);
    if (!(row instanceof Element)) return;
    for (const node of [row, ...row.querySelectorAll("*")]) {
      for (const name of NUMBERED) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replaceAll("__prefix__", this.total.value));
      }
    }
    this.total.value = String(Number(this.total.value) + 1);
    this.template?.before(row);
    /** @type {HTMLElement | null} */ (row.querySelector("[name$='-url']"))?.focus();
    this.#look();
  }
}

/** @param {Element} row */
function isBlank(row) {
  /** @type {NodeListOf<Field>} */
  const fields = row.querySelectorAll("input:not([type=checkbox]), textarea");
  return [...fields].every((field) => field.value === "") && !row.querySelector(".errorlist");
}

/**
 * Leaving the page with something typed asks first.
 * @param {HTMLFormElement} form
 */
function keepWhatIsTyped(form) {
  let typed = form.querySelector(".errorlist, .refusals") !== null;
  form.addEventListener("input", () => {
    typed = true;
  });
  form.addEventListener("submit", () => {
    typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

/**
 * Enter in a panel means that panel's button, not the page's first one.
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
  for (const list of form.querySelectorAll("[data-articles]")) {
    new Articles(/** @type {HTMLElement} */ (list));
  }
  for (const panel of form.querySelectorAll("[data-panel]")) enterMeansThisPanel(panel);
  keepWhatIsTyped(form);
}
