// When to save what is being typed: soon after the last letter, at the latest two seconds after the first.

const IDLE = 700; // milliseconds without a letter
const LONGEST = 1800; // milliseconds from the first unsaved letter

/**
 * Calls `save` for a text field. Never while an input method is composing: half a syllable is nobody's answer. What stood
 * there before the composing began is saved as it begins, and what has become of it as soon as it ends.
 */
export class Typing {
  #timer = null;
  #first = null;
  #composing = false;

  constructor(field, { onTouch, save }) {
    this.save = save;
    field.addEventListener("compositionstart", () => {
      this.flush();
      this.#composing = true;
    });
    field.addEventListener("compositionend", () => {
      this.#composing = false;
      if (this.#first !== null) this.#later();
    });
    field.addEventListener("input", () => {
      onTouch();
      this.#later();
    });
    // Leaving the field ends the composing, whether or not the input method says so.
    field.addEventListener("blur", () => this.flush({ last: true }));
  }

  /** Save at once what isn't saved yet; `last`: nothing more can come, so even what is still being composed. */
  flush({ last = false } = {}) {
    if (last) this.#composing = false;
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
