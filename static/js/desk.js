// The curator's page: rows for articles as they are needed, and a warning before typed text is lost.
// Without this file the page works too: it has spare rows, and every button is a submit button.

const form = document.querySelector("form[data-desk]");

/** Rows that nobody has filled in, at the end of a list; the first row always stays. */
function dropSpareRows(list, total) {
  const rows = [...list.querySelectorAll(":scope > fieldset")];
  while (rows.length > 1 && isBlank(rows.at(-1))) {
    rows.pop().remove();
    total.value = String(Number(total.value) - 1);
  }
}

function isBlank(row) {
  const fields = row.querySelectorAll("input:not([type=checkbox]), textarea");
  return [...fields].every((field) => field.value === "") && !row.querySelector(".errorlist");
}

function addRow(list, total) {
  const template = list.querySelector("template");
  const number = total.value;
  const row = template.content.firstElementChild.cloneNode(true);
  for (const node of row.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.replaceAll("__prefix__", number));
    }
  }
  total.value = String(Number(number) + 1);
  template.before(row);
  row.querySelector("input:not([type=hidden])").focus();
}

function tend(list) {
  const prefix = list.dataset.articles;
  const field = (name) => list.querySelector(`[name="${prefix}-${name}"]`);
  const total = field("TOTAL_FORMS");
  const most = Number(field("MAX_NUM_FORMS").value);
  const button = list.querySelector("[data-add]");
  if (!button) return;
  const look = () => {
    button.hidden = Number(total.value) >= most;
  };
  dropSpareRows(list, total);
  look();
  button.addEventListener("click", () => {
    addRow(list, total);
    look();
  });
}

function keepWhatIsTyped() {
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

/** Enter in a side panel means that panel's button, not the page's first one. */
function enterMeansThisPanel(panel) {
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      panel.querySelector("button[name=verb]").click();
    }
  });
}

if (form) {
  for (const list of form.querySelectorAll("[data-articles]")) tend(list);
  for (const panel of form.querySelectorAll("[data-panel]")) enterMeansThisPanel(panel);
  keepWhatIsTyped();
}
