// Rows that can be added and taken out: choices, key points, rows of a blueprint. Without this the page's spare rows do.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ATTRIBUTES = ["name", "id", "for", "aria-describedby"];

/** Gives every row the number of its place: names, ids, letters and labels. */
function renumber(list) {
  const prefix = new RegExp(`^${list.dataset.rows}-\\d+`);
  list.querySelectorAll("[data-row]").forEach((row, number) => {
    for (const element of row.querySelectorAll("*")) {
      for (const name of ATTRIBUTES) {
        const value = element.getAttribute(name);
        if (value && prefix.test(value)) element.setAttribute(name, value.replace(prefix, `${list.dataset.rows}-${number}`));
      }
      if (element.dataset.label) {
        const words = element.dataset.label.replace("{letter}", LETTERS[number % 26]).replace("{number}", number + 1);
        element.setAttribute("aria-label", words);
      }
      if (element.name === "key") element.value = number;
      if ("letter" in element.dataset) element.textContent = LETTERS[number % 26];
      if ("number" in element.dataset) element.textContent = number + 1;
    }
  });
}

/** Makes a row look as if nobody had written in it. */
function clear(row) {
  for (const field of row.querySelectorAll("input, select, textarea")) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else if (!("keep" in field.dataset)) field.value = field.tagName === "SELECT" ? field.options[0].value : "";
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  for (const left of row.querySelectorAll(".invalid-feedback")) left.remove();
  for (const found of row.querySelectorAll("[data-found]")) found.textContent = "";
}

function isBlank(row) {
  return [...row.querySelectorAll("input:not([type=hidden], [name=key]), textarea")].every((field) => !field.value);
}

/** Offers adding and taking out in a list of rows. `keep`: blank rows to leave on arrival; `changed` is told of changes. */
export function offerRows(list, add, { keep = 0, likeLast = false, changed = () => {} } = {}) {
  const rows = () => [...list.querySelectorAll("[data-row]")];
  let blanks = rows().filter(isBlank).length;
  for (const row of rows().reverse()) {
    if (rows().length <= Math.max(keep, 1) || !isBlank(row)) break;
    row.remove();
    blanks -= 1;
  }
  for (const button of list.querySelectorAll("[data-remove]")) button.hidden = false;
  for (const hint of list.closest("form").querySelectorAll("[data-without-script]")) hint.hidden = true;
  add.hidden = false;
  add.addEventListener("click", () => {
    const last = rows().at(-1);
    const row = last.cloneNode(true);
    const before = [...last.querySelectorAll("select")].map((select) => select.value);
    clear(row);
    last.after(row);
    if (likeLast) row.querySelectorAll("select").forEach((select, number) => (select.value = before[number]));
    renumber(list);
    row.querySelector(likeLast ? "select" : "input[type=text], textarea").focus();
    changed();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const next = row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : row.previousElementSibling;
    if (rows().length > 1) row.remove();
    else clear(row);
    renumber(list);
    (next?.matches("[data-row]") ? next.querySelector("[data-remove]") : add).focus();
    changed();
  });
  renumber(list);
}
