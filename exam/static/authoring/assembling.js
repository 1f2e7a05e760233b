// Papers are assembled in seconds, told step by step.
import { send } from "./steps.js";

for (const form of document.querySelectorAll("[data-assemble]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, form.closest("[data-failed]"));
  });
}
