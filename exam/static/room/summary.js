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
    this.undecided = [];
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
  draw(questions, { waiting, stuck, line }, left) {
    const minutes = Math.floor(left / 60_000);
    this.left.textContent = minutes ? say("minutes_left", { count: minutes }) : say("under_a_minute");
    const open = positions(questions, (question) => !question.answered);
    this.#line(this.open, open, say(open.length ? "open_list" : "none_open", listed(open)));
    const flagged = positions(questions, (question) => question.flagged);
    this.#line(this.flagged, flagged, say(flagged.length ? "flagged_list" : "none_flagged", listed(flagged)));
    const answered = questions.length - open.length;
    this.undecided = positions(questions, (question) => question.undecided);
    const usual = waiting ? "some_waiting" : answered ? "all_delivered" : "nothing_yet";
    if (stuck.length) this.#line(this.saved, stuck, say("some_stuck", listed(stuck)));
    else if (this.undecided.length) this.#line(this.saved, this.undecided, say("some_undecided", listed(this.undecided)));
    else this.#line(this.saved, [], say(usual, { count: waiting || answered }));
    this.confirm.hidden = !open.length;
    this.confirm.querySelector("[data-i-know-words]").textContent = say("i_know", { count: open.length });
    if (line === "online" && this.problem.textContent === say("not_handed_in")) this.complain(say("hand_in_again"));
  }

  /** Say what keeps the candidate from handing in, or nothing. */
  complain(words = "") {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }

  /** Say it in a row of the list, with a way to the first of these questions. */
  #line(row, numbers, words) {
    row.querySelector("[data-list]").textContent = words;
    const first = row.querySelector("[data-first]");
    first.hidden = !numbers.length;
    if (!numbers.length) return;
    first.href = `#q${numbers[0]}`;
    first.textContent = say("go_to", { number: numbers[0] });
  }

  async #press() {
    if (this.undecided.length) return this.complain(say("decide_first", listed(this.undecided)));
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

function listed(numbers) {
  return { count: numbers.length, list: numbersListed(numbers) };
}

function positions(questions, wanted) {
  return questions.filter(wanted).map((question) => question.position);
}
