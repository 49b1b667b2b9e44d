// Selects the browser's time zone in the welcome page's form. The server does not know it yet, as
// this is the first page that the browser loads.
// @ts-check

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const select = document.querySelector("select[data-guess]");
if (select instanceof HTMLSelectElement) {
  const guessed = [...select.options].find((option) => option.value === timeZone);
  if (guessed) guessed.selected = true;
}
