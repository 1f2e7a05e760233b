// The editor of questions and knowledge checks: rows, pictures, preview, the field for a new topic.
import { offerMedia } from "./media.js";
import { keepPreview } from "./preview.js";
import { offerRows } from "./rows.js";

const form = document.querySelector("[data-editor]");
if (form) {
  const soon = keepPreview(form);
  for (const list of form.querySelectorAll("[data-rows]")) {
    const keep = list.dataset.rows === "choices" ? 4 : 1;
    offerRows(list, list.querySelector("[data-add]"), { keep, changed: soon });
  }
  offerMedia(form, soon);
  const named = form.querySelector("[data-new-topic]");
  if (named) {
    const topic = form.elements.topic;
    const show = () => (named.hidden = topic.value !== "new");
    topic.addEventListener("change", show);
    show();
  }
}
