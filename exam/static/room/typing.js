// When to save what is being typed: soon after the last letter, at the latest two seconds after the first.

const IDLE = 700; // milliseconds without a letter
const LONGEST = 1800; // milliseconds from the first unsaved letter

/** Calls `save` for a text field. Never while an input method is composing: half a syllable is nobody's answer. */
export class Typing {
  #timer = null;
  #first = null;
  #composing = false;

  constructor(field, { onTouch, save }) {
    this.save = save;
    field.addEventListener("compositionstart", () => (this.#composing = true));
    field.addEventListener("compositionend", () => {
      this.#composing = false;
      this.#later();
    });
    field.addEventListener("input", () => {
      onTouch();
      this.#later();
    });
    field.addEventListener("blur", () => this.flush());
  }

  /** Save at once what isn't saved yet. */
  flush() {
    if (this.#first === null || this.#composing) return;
    clearTimeout(this.#timer);
    this.#first = null;
    this.save();
  }

  #later() {
    const now = performance.now();
    this.#first ??= now;
    clearTimeout(this.#timer);
    if (this.#composing) return;
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(IDLE, this.#first + LONGEST - now)));
  }
}
