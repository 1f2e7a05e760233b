// One look before handing in: what is open, what is flagged, what hasn't been delivered.

import { ask } from "../confirm.js";
import { numbersListed, say } from "./words.js";

export class Summary {
  constructor(section, { onBack, onHandIn }) {
    const find = (name) => section.querySelector(`[data-${name}]`);
    this.section = section;
    this.heading = section.querySelector("h2");
    this.left = find("summary-left");
    this.open = find("summary-open");
    this.flagged = find("summary-flagged");
    this.saved = find("summary-saved");
    this.confirm = find("confirm-open");
    this.iKnow = find("i-know");
    this.problem = find("submit-problem");
    this.button = find("submit");
    this.onHandIn = onHandIn;
    find("back").addEventListener("click", onBack);
    this.button.addEventListener("click", () => this.#press());
  }

  /** Begin afresh: what was agreed to earlier may no longer be how things stand. */
  begin() {
    this.iKnow.checked = false;
    this.complain();
  }

  /** Fill in how things stand; `left` in milliseconds. */
  draw(questions, { waiting, stuck }, left) {
    const minutes = Math.floor(left / 60_000);
    this.left.textContent = minutes ? say("minutes_left", { count: minutes }) : say("under_a_minute");
    const open = positions(questions, (question) => !question.answered);
    this.#line(this.open, open, open.length ? "open_list" : "none_open");
    const flagged = positions(questions, (question) => question.flagged);
    this.#line(this.flagged, flagged, flagged.length ? "flagged_list" : "none_flagged");
    const answered = questions.length - open.length;
    const delivered = stuck.length ? "some_stuck" : waiting ? "some_waiting" : answered ? "all_delivered" : "nothing_yet";
    const values = { count: waiting || answered, list: numbersListed(stuck) };
    this.saved.querySelector("[data-list]").textContent = say(delivered, values);
    this.confirm.hidden = !open.length;
    this.confirm.querySelector("[data-i-know-words]").textContent = say("i_know", { count: open.length });
  }

  /** Say what keeps the candidate from handing in, or nothing. */
  complain(words = "") {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  #line(row, numbers, words) {
    row.querySelector("[data-list]").textContent = say(words, { count: numbers.length, list: numbersListed(numbers) });
    const first = row.querySelector("[data-first]");
    first.hidden = !numbers.length;
    if (!numbers.length) return;
    first.href = `#q${numbers[0]}`;
    first.textContent = say("go_to", { number: numbers[0] });
  }

  async #press() {
    if (!this.confirm.hidden && !this.iKnow.checked) {
      this.complain(say("tick_first"));
      this.iKnow.focus();
      return;
    }
    this.complain();
    if (!(await ask(say("sure"), say("yes_hand_in")))) return;
    this.button.disabled = true; // a second press must find nothing to press
    try {
      await this.onHandIn();
    } finally {
      this.button.disabled = false;
    }
  }
}

function positions(questions, wanted) {
  return questions.filter(wanted).map((question) => question.position);
}
