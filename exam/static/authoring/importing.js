// Files of questions: dropped anywhere on the form, sent with a bar that moves, and told step by step what is done.
import { send } from "../steps.js";

/** Takes a file that is dropped on the form. */
function takeDrops(form) {
  const area = form.querySelector("[data-drop]");
  const file = form.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      area.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => area.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    file.files = event.dataTransfer.files;
    file.focus();
  });
}

const uploading = document.querySelector("[data-import]");
if (uploading) takeDrops(uploading);
for (const form of document.querySelectorAll("[data-import], [data-bring-in]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, form.closest(".actionbar") ?? form);
  });
}
