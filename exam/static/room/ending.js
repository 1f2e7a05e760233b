// How an attempt ends for this page: handed in, closed by the clock, or ended elsewhere.

import { numbersListed, say } from "./words.js";

/** The last view. It says only what the server has said: the time may be up here and go on there. */
export class Ending {
  constructor(section, saver) {
    this.saver = saver;
    this.heading = section.querySelector("[data-ended-heading]");
    this.text = section.querySelector("[data-ended-text]");
    this.toReceipt = section.querySelector("[data-to-receipt]");
    this.toExam = section.querySelector("[data-to-exam]");
  }

  /** Say how it ended, and show the way to the receipt where there is one, or to the exam where it can be begun anew. */
  tell(heading, words, { receipt, exam = false }) {
    this.heading.textContent = say(heading);
    if (this.text.textContent !== words) this.text.textContent = words;
    this.toReceipt.hidden = !receipt;
    this.toExam.hidden = !exam;
  }

  /** The time is up: say whether the server has closed the attempt, what still waits, and what came late. */
  atDeadline(closed) {
    const { sending, stuck, late, line } = this.saver;
    const left = stuck.length ? ` ${say("stuck_here", { list: numbersListed(stuck) })}` : "";
    const onTheWay = say(line === "offline" ? "sending_offline" : "sending", { count: sending });
    if (sending) this.tell("time_is_up", `${say("locked")} ${onTheWay}`, { receipt: false });
    else if (!closed) this.tell("time_is_up", `${say("locked")} ${say("being_closed")}`, { receipt: false });
    else this.tell("time_is_up", (late ? say("some_late", { count: late }) : say("all_in")) + left, { receipt: true });
  }

  /** Ended by the candidate, in these words. What waits here may have gone along; once the server has refused it, it hasn't. */
  handedIn(how) {
    const { sending, waiting, stopped } = this.saver;
    const left = sending && !stopped ? say("sending", { count: sending }) : waiting ? say("not_taken", { count: waiting }) : "";
    this.tell("handed_in", `${say(how)} ${left}`.trim(), { receipt: true });
  }
}
