// Buttons whose act takes long: the page stays, and is told step by step how far it is.
import { send } from "./steps.js";

for (const button of document.querySelectorAll("[data-told]")) {
  button.form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    event.preventDefault();
    send(button.form, button.closest("[data-failed]"), { button });
  });
}
