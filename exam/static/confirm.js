// A form with data-confirm="question" asks in a dialog before it is sent. Until this script has come the page itself asks
// (base.html); without scripts the form is simply sent.

/** Shows the page's confirmation dialog; resolves to whether the person agreed. */
export function ask(question, yes) {
  const dialog = document.getElementById("confirm-dialog").content.firstElementChild.cloneNode(true);
  dialog.querySelector("#ask-question").textContent = question;
  dialog.querySelector("[value=yes]").textContent = yes;
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}

export function askBeforeSending() {
  if (!window.HTMLDialogElement) return; // the page goes on asking with the browser's own question
  document.documentElement.dataset.asks = "yes";
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = button?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.agreed) return;
    event.preventDefault();
    if (!(await ask(question, button?.dataset.yes ?? form.dataset.yes ?? button?.textContent.trim() ?? ""))) return;
    form.dataset.agreed = "yes";
    form.requestSubmit(button);
    delete form.dataset.agreed;
  });
}

const PAUSE = 3000; // ms; then a page that is still there may send again, a download for instance

/** Lets a double click on a button send its form once. Forms that scripts send themselves are left alone. */
export function sendOnce() {
  const sent = new WeakMap();
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const by = event.submitter ?? event.target;
    if (event.timeStamp - (sent.get(by) ?? -PAUSE) < PAUSE) event.preventDefault();
    else sent.set(by, event.timeStamp);
  });
}
