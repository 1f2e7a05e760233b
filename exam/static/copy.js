// A button with data-copy="id" copies the text of that element; it is hidden where the browser can't.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      document.getElementById(button.dataset.copied).hidden = false;
    } catch {
      getSelection().selectAllChildren(source);
    }
  });
}
