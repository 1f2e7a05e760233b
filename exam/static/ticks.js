// A list whose rows can be ticked: one tick for the whole page, and how many are chosen. Without this ticking works all the same.

/** Keeps the count and the tick for all of `form` up to date; `also` is told how many rows are ticked. */
export function countTicks(form, also = () => {}) {
  const boxes = [...form.querySelectorAll("[name=id]")];
  const all = form.querySelector("[data-all]");
  const count = form.querySelector("[data-count]");
  const nothing = count.textContent;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen ? form.dataset.chosen.replace("{count}", chosen) : nothing;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    for (const box of boxes) box.closest("tr").classList.toggle("is-open", box.checked);
    also(chosen);
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", show);
  // Going back in history brings the ticks back, but no event.
  addEventListener("pageshow", show);
}
