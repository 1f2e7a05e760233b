// The questions on the page: what is answered, and how it looks.

import { listed, say } from "./words.js";
import { Typing } from "./typing.js";

/** One question of the page, whatever its kind. `on` is told touch(question) and change(question). */
export class Question {
  flagged = false;
  #typing = null;
  #answeredOffers = new Set();
  #stood = new Set();

  constructor(section, on) {
    this.section = section;
    this.position = Number(section.dataset.question);
    this.kind = section.dataset.kind;
    this.heading = section.querySelector("h2");
    this.fieldset = section.querySelector("fieldset");
    this.field = section.querySelector("textarea");
    this.inputs = [...section.querySelectorAll("input")];
    this.said = section.querySelector("[data-said]");
    this.state = section.querySelector("[data-question-state]");
    if (this.field) {
      this.#typing = new Typing(this.field, { onTouch: () => this.#touched(on), save: () => on.change(this) });
    }
    for (const input of this.inputs) {
      input.addEventListener("change", () => {
        this.describe();
        on.change(this);
      });
    }
    this.describe();
  }

  /** The answer as the server takes it; null is none. */
  get response() {
    if (this.field) return this.field.value ? { text: this.field.value } : null;
    const ticked = this.inputs.filter((input) => input.checked).map((input) => input.value);
    if (!ticked.length) return null;
    return this.kind === "true_false" ? { truth: ticked[0] === "true" } : { choices: ticked };
  }

  /** Show an answer as the server keeps it. */
  set response(response) {
    if (this.field) this.field.value = response?.text ?? "";
    const ticked = response?.choices ?? ("truth" in (response ?? {}) ? [String(response.truth)] : []);
    for (const input of this.inputs) input.checked = ticked.includes(input.value);
    this.describe();
  }

  /** Show what this device had written and couldn't deliver; it isn't offered as if it came from elsewhere when it arrives. */
  takeUp(response) {
    this.response = response;
    this.#stood.add(canonical(response));
  }

  get answered() {
    return this.field ? this.field.value.trim() !== "" : this.response !== null;
  }

  /** Whether the candidate still has to say which of two answers counts: this one, or what another page delivered. */
  get undecided() {
    return !this.section.querySelector("[data-overtaken]").hidden;
  }

  /** Whether this is the answer shown; the order of choices plays no part. */
  shows(response) {
    return canonical(this.response) === canonical(response);
  }

  /** An answer in words, for offering it. */
  inWords(response) {
    if (!response) return say("emptied");
    if (this.field) return response.text;
    const wanted = response.choices ?? [String(response.truth)];
    const rows = this.inputs.filter((input) => wanted.includes(input.value));
    return listed(rows.map((input) => said(input.closest("label"))));
  }

  /** Whether it can only be read. A text stays selectable, so that it can be copied and compared. */
  set locked(locked) {
    this.fieldset.disabled = locked && !this.field;
    if (this.field) this.field.readOnly = locked;
  }

  /** Give what is being typed to be saved at once; {last: true}: even what is still being composed. */
  flush(how) {
    this.#typing?.flush(how);
  }

  /** Choose the choice with this index, as a press on its key does. */
  choose(index) {
    const input = this.inputs[index];
    if (!input || this.fieldset.disabled) return false;
    input.focus();
    input.click();
    return true;
  }

  /** Say under the question what is chosen, or how long the text is. */
  describe() {
    if (this.field) {
      const isFull = this.field.value.length >= this.field.maxLength;
      this.said.textContent = say(isFull ? "characters_full" : "characters", { count: [...this.field.value].length });
      return;
    }
    const letters = this.inputs
      .filter((input) => input.checked)
      .map((input) => input.closest("label").querySelector(".key")?.textContent);
    const worthSaying = this.kind === "multiple_choice" && letters.length;
    this.said.textContent = worthSaying ? say("chosen", { count: letters.length, letters: listed(letters) }) : "";
  }

  /** Show how saving this answer stands. */
  mark(states) {
    this.state.replaceChildren(...states);
  }

  /**
   * Offer to take `other`, what another page delivered: {response, saved_clock}. Nothing, what is shown or was taken up here,
   * or what has been answered already, offers none. `onDecided` is told when it is taken, and when what stands here is kept.
   */
  offer(other, onDecided) {
    const find = (name) => this.section.querySelector(`[data-${name}]`);
    const note = find("overtaken");
    const text = other && canonical(other.response);
    const mark = `${other?.saved_clock} ${text}`;
    note.hidden = !other || this.#answeredOffers.has(mark) || this.#stood.has(text) || this.shows(other.response);
    if (note.hidden) return;
    find("overtaken-when").textContent = say("overtaken", { time: other.saved_clock });
    find("overtaken-text").textContent = this.inWords(other.response);
    const answer = () => {
      this.#answeredOffers.add(mark);
      note.hidden = true;
      this.heading.focus();
      onDecided();
    };
    find("keep").onclick = answer;
    find("restore").onclick = () => {
      this.response = other.response;
      answer();
    };
  }

  /**
   * Offer a way out for what the server has refused: {response, why}, undefined for nothing. Where it is what stands here,
   * saving it again is enough; else the candidate says which of the two is meant. `onDecided` is told to save what stands here.
   */
  offerAgain(refused, onDecided) {
    const find = (name) => this.section.querySelector(`[data-${name}]`);
    const note = find("refused");
    note.hidden = !refused;
    if (note.hidden) return;
    const stands = this.shows(refused.response);
    find("refused-when").textContent = say(stands ? "refused_here" : "refused_before");
    find("refused-text").textContent = this.inWords(refused.response);
    find("save-again").hidden = !stands;
    for (const name of ["refused-text", "save-refused", "keep-standing"]) find(name).hidden = stands;
    const answer = () => {
      this.heading.focus();
      onDecided();
    };
    find("save-again").onclick = find("keep-standing").onclick = answer;
    find("save-refused").onclick = () => {
      this.response = refused.response;
      answer();
    };
  }

  #touched(on) {
    this.describe();
    on.touch(this);
  }
}

/** What a choice says: its letter and words, and of a picture what it shows. */
function said(label) {
  const copy = label.cloneNode(true);
  for (const link of copy.querySelectorAll(".enlarge")) link.remove();
  for (const picture of copy.querySelectorAll("img")) picture.replaceWith(`[${picture.alt}]`);
  return copy.textContent.trim();
}

/** An answer as words that are the same for the same answer: the order of choices plays no part. */
function canonical(response) {
  return JSON.stringify(response && { ...response, choices: response.choices && [...response.choices].sort() });
}
