// The answer sheet: one cell a question, and on narrow screens a sheet that rises from below.

import { say } from "./words.js";

export class Sheet {
  #opener = null;

  constructor(room) {
    this.room = room;
    this.sheet = room.querySelector("[data-sheet]");
    this.shade = room.querySelector("[data-sheet-shade]");
    this.openButton = room.querySelector("[data-open-sheet]");
    this.cells = new Map([...this.sheet.querySelectorAll("[data-cell]")].map((cell) => [Number(cell.dataset.cell), cell]));
    this.openButton.addEventListener("click", () => this.open());
    this.shade.addEventListener("click", () => this.close());
    this.sheet.querySelector("[data-close-sheet]").addEventListener("click", () => this.close());
    this.sheet.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    for (const cell of this.cells.values()) cell.addEventListener("click", () => this.close({ focus: false }));
    // A window made wide while the sheet is up has it beside the questions again.
    matchMedia("(min-width: 62rem)").addEventListener("change", () => this.close({ focus: false }));
  }

  get isOpen() {
    return this.room.classList.contains("is-sheet");
  }

  open() {
    this.#raise(true);
    this.sheet.querySelector("h2").focus();
  }

  close({ focus = true } = {}) {
    if (!this.isOpen) return;
    this.#raise(false);
    if (focus) this.openButton.focus();
  }

  /** Draw every question's cell, and the counts. */
  draw(questions, saver, current) {
    const { stuck } = saver;
    for (const question of questions) {
      const cell = this.cells.get(question.position);
      const waiting = saver.isWaiting(question.position);
      const isStuck = stuck.includes(question.position);
      const { undecided } = question;
      cell.classList.toggle("is-answered", question.answered);
      cell.classList.toggle("is-flagged", question.flagged);
      cell.classList.toggle("is-waiting", waiting);
      cell.classList.toggle("is-stuck", isStuck || undecided);
      const words = say(question.answered ? "cell_answered" : "cell_open", { number: question.position });
      const saving = isStuck ? say("cell_stuck") : undecided ? say("cell_undecided") : waiting ? say("cell_waiting") : "";
      cell.setAttribute("aria-label", words + (question.flagged ? say("cell_flagged") : "") + saving);
      if (question === current) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    }
    const answered = questions.filter((question) => question.answered).length;
    const counts = { answered, open: questions.length - answered, flagged: questions.filter((question) => question.flagged).length };
    this.sheet.querySelector("[data-counts]").textContent = say("counts", counts);
    this.room.querySelector("[data-answered-of]").textContent = `${answered}/${questions.length}`;
    this.sheet.querySelector("[data-legend-waiting]").hidden = !questions.some((question) => saver.isWaiting(question.position));
  }

  #raise(up) {
    this.room.classList.toggle("is-sheet", up);
    this.openButton.setAttribute("aria-expanded", String(up));
    this.shade.hidden = !up;
    this.room.querySelector(".roombar").inert = up;
    this.room.querySelector("[data-stage]").inert = up;
    if (up) this.sheet.setAttribute("role", "dialog");
    else this.sheet.removeAttribute("role");
  }
}
