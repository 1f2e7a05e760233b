// The list of people: one tick for the whole page, and how many are chosen. Without this script ticking works all the same.
const form = document.querySelector("[data-bulk]");
if (form) {
  const boxes = [...form.querySelectorAll("[name=id]")];
  const all = form.querySelector("[data-all]");
  const count = form.querySelector("[data-count]");
  const nobody = count.textContent;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen ? form.dataset.chosen.replace("{count}", chosen) : nobody;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    for (const box of boxes) box.closest("tr").classList.toggle("is-open", box.checked);
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
