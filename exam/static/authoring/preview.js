// Shows what is being written as its readers will see it: sent to the server a moment after the last key.
const PAUSE = 300; // milliseconds

/** Keeps the preview of a form up to date; returns the function that asks for it anew. */
export function keepPreview(form) {
  const shown = document.getElementById("preview");
  let timer;
  let asked = 0;
  async function refresh() {
    const turn = (asked += 1);
    try {
      const answer = await fetch(shown.dataset.preview, { method: "POST", body: new FormData(form) });
      const html = await answer.text();
      if (!answer.ok || answer.redirected || turn !== asked) return;
      shown.innerHTML = html;
      const hints = shown.querySelector("[data-hints]");
      if (hints) document.getElementById("hints")?.replaceChildren(...hints.childNodes);
      hints?.remove();
    } catch {
      // Offline: the old preview stays; what is typed is not in danger.
    }
  }
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  };
  form.addEventListener("input", soon);
  return soon;
}
