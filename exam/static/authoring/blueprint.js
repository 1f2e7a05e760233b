// The editor of a blueprint: rows, and the running total.
import { offerRows } from "./rows.js";

const form = document.querySelector("[data-blueprint]");
const shown = form.querySelector("[data-total]");

/** A number as people type it, full-width too; 0 when it is none. */
function number(field) {
  const value = Number(field.value.normalize("NFKC").trim());
  return Number.isFinite(value) && value > 0 ? value : 0;
}

function total() {
  let questions = 0;
  let halves = 0; // points go in halves: whole numbers add up exactly
  for (const row of form.querySelectorAll("[data-row]")) {
    const count = number(row.querySelector("[name$=-count]"));
    questions += count;
    halves += count * Math.round(2 * number(row.querySelector("[name$=-points]")));
  }
  const words = { questions, points: halves / 2, full: shown.dataset.full };
  shown.textContent = shown.dataset.words.replace(/\{(\w+)\}/g, (_, name) => words[name]);
}

form.addEventListener("input", total);
offerRows(form.querySelector("[data-rows]"), form.querySelector("[data-add]"), { likeLast: true, changed: total });
total();
