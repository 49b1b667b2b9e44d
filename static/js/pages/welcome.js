// The welcome page: it is the first that this browser sees of us, so the server could not know the
// browser's time zone yet. The form is told here.
// @ts-check

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const select = document.querySelector("select[data-guess]");
if (select instanceof HTMLSelectElement) {
  const guessed = [...select.options].find((option) => option.value === timeZone);
  if (guessed) guessed.selected = true;
}
