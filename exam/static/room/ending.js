// How an attempt ends for this page: handed in, closed by the clock, or ended elsewhere.

import { NoAnswer } from "./server.js";
import { say } from "./words.js";

const MOMENT = 500; // milliseconds after time up, so that the server's deadline has come too
const LONGEST_PAUSE = 15_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Ending {
  constructor(section, saver) {
    this.section = section;
    this.saver = saver;
    this.heading = section.querySelector("[data-ended-heading]");
    this.text = section.querySelector("[data-ended-text]");
    this.toReceipt = section.querySelector("[data-to-receipt]");
  }

  /** Say how it ended, and show the way to the receipt where there is one. */
  tell(heading, words, { receipt }) {
    this.heading.textContent = say(heading);
    if (this.text.textContent !== words) this.text.textContent = words;
    this.toReceipt.hidden = !receipt;
  }

  /** The time is up: send what waits, however long that takes, then show the way to the receipt. */
  async atDeadline(wasLive) {
    const tell = () => this.tell("time_is_up", this.#lastWords(), { receipt: false });
    tell();
    const telling = setInterval(tell, 1000);
    await pause(MOMENT);
    // Only the live page hands in; what an earlier one still holds is sent under its own number.
    await (wasLive ? this.#deliver() : this.saver.replay());
    clearInterval(telling);
    const { late } = this.saver;
    this.tell("time_is_up", late ? say("some_late", { count: late }) : say("all_in"), { receipt: true });
  }

  async #deliver() {
    for (let length = 1000; ; length = Math.min(LONGEST_PAUSE, length * 2)) {
      try {
        const { status, data } = await this.saver.submit();
        if (status === 200) this.saver.late = data.late;
        if (status !== 401 && data.code !== "csrf") return;
        await this.saver.askWhoIsThere();
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        this.saver.missed(error);
      }
      await pause(length * (0.5 + Math.random()));
    }
  }

  #lastWords() {
    const count = this.saver.waiting;
    return count ? `${say("locked")} ${say("sending", { count })}` : say("locked");
  }
}
