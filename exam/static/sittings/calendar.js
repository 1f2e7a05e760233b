// Repeats the chosen half hour in the bar below the calendar. Without this script the choice shows in the calendar only.

const form = document.querySelector("[data-booking]");
const words = form.querySelector("[data-chosen]");

function show() {
  words.textContent = form.querySelector("[name=starts_at]:checked")?.dataset.words ?? words.dataset.none;
}

form.addEventListener("change", show);
// A browser that goes back may restore a choice after the page has loaded.
addEventListener("pageshow", show);
show();
