// Pictures and sounds in the texts of a question: dropped on a text, pasted into it, or chosen. A dialog asks what each
// shows, sends it, and puts its token where the caret was.

const TEXT = /^(stem|explanation|reference|(choices|key_points)-\d+-text)$/;

/** Offers all of it on an editor's form; `changed` is told when a text has one more. */
export function offerMedia(form, changed) {
  const draft = document.getElementById("medium-dialog");
  if (!draft || !window.HTMLDialogElement) return;
  const texts = () => [...form.elements].filter((field) => TEXT.test(field.name));
  let last = form.elements.stem;
  const entered = new WeakSet();
  const open = (file, field) => new MediumDialog(draft, form, texts(), entered, changed).open(file, field);
  form.querySelector("[data-medium-plain]").remove();
  form.querySelector("[data-medium-drop]").hidden = false;
  const add = form.querySelector("[data-medium-add]");
  add.hidden = false;
  add.addEventListener("click", () => open(null, last.isConnected ? last : form.elements.stem));
  form.addEventListener("focusin", ({ target }) => {
    if (!TEXT.test(target.name)) return;
    last = target;
    entered.add(target);
  });
  form.addEventListener("paste", (event) => {
    // What is copied from a document comes with a picture of itself: then the words are meant.
    const file = event.clipboardData.types.includes("text/plain") ? null : event.clipboardData.files[0];
    if (!file || !TEXT.test(event.target.name)) return;
    event.preventDefault();
    open(file, event.target);
  });
  const over = (event) => {
    const isOver = TEXT.test(event.target.name) && event.dataTransfer.types.includes("Files");
    event.target.classList?.toggle("is-over", isOver && event.type === "dragover");
    if (isOver) event.preventDefault();
    return isOver;
  };
  for (const name of ["dragover", "dragleave"]) form.addEventListener(name, over);
  form.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (over(event) && file) open(file, event.target);
  });
}

class MediumDialog {
  /** `texts`: where it may go; of those `entered` the caret's place is known. */
  constructor(draft, form, texts, entered, changed) {
    this.words = draft.dataset;
    this.form = form;
    this.texts = texts;
    this.entered = entered;
    this.changed = changed;
    this.dialog = draft.content.firstElementChild.cloneNode(true);
    this.asked = this.dialog.querySelector("form");
    this.find = (name) => this.dialog.querySelector(`[data-${name}]`);
  }

  open(file, field) {
    const { where, file: chosen } = this.asked.elements;
    this.texts.forEach((text, number) => where.add(new Option(named(text), number, false, text === field)));
    this.file = file;
    chosen.closest(".field").hidden = Boolean(file);
    chosen.addEventListener("change", () => this.take(chosen.files[0]));
    if (file) this.take(file);
    this.find("back").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      field.focus();
    });
    this.asked.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
    (file ? this.asked.elements.alt : chosen).focus();
  }

  /** Show what was chosen, and how large it is. */
  take(file) {
    this.file = file;
    this.find("thumb").hidden = !file;
    this.find("problem").hidden = true;
    if (!file) return;
    this.find("thumb-size").textContent = `${file.name} ${size(file.size)}`;
    const picture = this.find("thumb-picture");
    picture.hidden = !file.type.startsWith("image/");
    if (picture.hidden) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => (picture.src = reader.result));
    picture.addEventListener("error", () => (picture.hidden = true));
    reader.readAsDataURL(file);
  }

  async send() {
    const { alt, where } = this.asked.elements;
    const button = this.asked.querySelector("[type=submit]");
    const body = new FormData();
    if (this.file) body.set("file", this.file);
    body.set("alt", alt.value);
    button.disabled = true;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": this.form.elements.csrf_token.value };
      const answer = await fetch(this.form.dataset.media, { method: "POST", body, headers });
      const told = await answer.json();
      if (answer.status === 201) return this.put(told, this.texts[where.value]);
      if (told.csrf_token) this.form.elements.csrf_token.value = told.csrf_token;
      this.refuse(answer.status === 413 ? this.words.tooLarge : told.message, this.file ? alt : null);
    } catch {
      this.refuse(this.words.noAnswer);
    } finally {
      button.disabled = false;
    }
  }

  put(told, field) {
    this.dialog.close();
    const { value } = field;
    const [start, end] = this.entered.has(field) ? [field.selectionStart, field.selectionEnd] : [value.length, value.length];
    const isBlock = field.tagName === "TEXTAREA" && start > 0 && value[start - 1] !== "\n";
    field.setRangeText((isBlock ? "\n" : "") + told.token, start, end, "end");
    field.focus();
    this.form.querySelector("[data-media-list]").insertAdjacentHTML("beforeend", told.row);
    this.changed();
  }

  refuse(text, field) {
    this.find("problem-text").textContent = text;
    this.find("problem").hidden = false;
    field?.focus();
  }
}

/** What a text is called on the page: its label, or its own words for those who don't see it. */
function named(field) {
  return field.getAttribute("aria-label") ?? field.labels[0]?.firstChild.textContent.trim() ?? field.name;
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
