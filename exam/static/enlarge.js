// A picture's link with data-enlarge shows it larger, in a dialog over the page; without scripts it leads to the picture alone.

export function enlargePictures() {
  const draft = document.getElementById("enlarged-picture");
  if (!draft || !window.HTMLDialogElement) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-enlarge]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(draft, link.closest(".medium").querySelector("img"));
  });
}

function show(draft, picture) {
  const dialog = draft.content.firstElementChild.cloneNode(true);
  const large = dialog.querySelector("img");
  for (const name of ["src", "alt", "width", "height"]) large.setAttribute(name, picture.getAttribute(name));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
}
