// How an attempt comes to its end on this page: handed in, by the clock, or elsewhere. ending.js tells the candidate.

import { Ending } from "./ending.js";
import { root } from "./root.js";
import { NoAnswer } from "./server.js";
import { say } from "./words.js";

export class Closing {
  #room;
  #ending;
  #handingIn = false;
  #unanswered = false;
  #tell = null;

  /** Whether the attempt has ended for this page: nothing is asked, and nothing can be written any more. */
  ended = false;
  /** Once the clock here shows nothing left: {wasLive, closed}, until the server gives time or has closed the attempt. */
  timeIsUp = null;

  constructor(room) {
    this.#room = room;
    this.#ending = new Ending(room.stage.view("ended"), room.saver);
  }

  toSummary() {
    const { stage, sheet, summary } = this.#room;
    stage.current.flush();
    sheet.close({ focus: false });
    summary.begin();
    stage.show(stage.view("summary"));
  }

  async handIn() {
    if (this.#handingIn) return;
    const { saver, summary } = this.#room;
    try {
      const { status, data } = await this.#submit();
      if (status === 422 || data.code === "number_reused") return this.#notTaken();
      if (status === 409) return this.#room.refused(data.code, data);
      if (status !== 200) return summary.complain(say("sign_in_first"));
      this.#leave(data);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#unanswered = true;
      saver.missed(error);
      summary.complain(say("not_handed_in"));
    }
  }

  /** The server says that it has been handed in: elsewhere, or here if the answer to it was lost. Then twice is once. */
  async handedIn() {
    if (this.#handingIn || this.ended) return; // the answer that is on its way says more
    if (!this.#unanswered) return this.elsewhere();
    try {
      const { status, data } = await this.#submit();
      if (status === 200) return this.#leave(data);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    this.elsewhere();
  }

  async #submit() {
    const { questions, saver } = this.#room;
    for (const question of questions) question.flush({ last: true });
    this.#handingIn = true;
    try {
      return await saver.submit();
    } finally {
      this.#handingIn = false;
    }
  }

  #leave({ receipt_url }) {
    this.#stop();
    location.assign(receipt_url);
  }

  /** One of the answers that went along was refused: sent one by one, it comes to light which. */
  #notTaken() {
    this.#room.saver.hurry();
    this.#room.summary.complain(say("not_taken_along"));
  }

  /** The time is up here, or by the server's word (`closed`). Nothing is handed in: the server closes, or gives time. */
  timeUp({ closed = false } = {}) {
    if (this.ended) return;
    const { contact } = this.#room;
    const first = !this.timeIsUp;
    this.timeIsUp ??= { wasLive: this.#room.live, closed };
    this.timeIsUp.closed ||= closed;
    contact.hasty = !this.timeIsUp.closed;
    if (!first) return this.#room.draw();
    this.#leaveQuestions();
    contact.ask();
  }

  /** The server has given time to an attempt that looked over here. */
  goOn() {
    const { contact, notices, stage, questions } = this.#room;
    const { wasLive } = this.timeIsUp;
    this.timeIsUp = null;
    contact.hasty = false;
    notices.speak(say("goes_on"));
    if (!this.#room.epoch) return void this.#room.open({ takeOver: false });
    if (wasLive) this.#room.unlock();
    root.dataset.entered = "";
    notices.banner("taken-over", !wasLive);
    stage.show(stage.current ?? questions[0]);
  }

  /** The candidate has handed in on another page; or on this one, if it asked to and heard nothing. */
  elsewhere() {
    this.#end(() => this.#ending.handedIn(this.#unanswered ? "closed" : "closed_elsewhere"));
  }

  setAside() {
    this.#end(() => this.#ending.tell("set_aside", say("voided"), { receipt: false, exam: true }));
  }

  draw() {
    if (this.#tell) return this.#tell();
    if (!this.timeIsUp) return;
    const { saver, contact } = this.#room;
    this.#ending.atDeadline(this.timeIsUp.closed);
    if (this.timeIsUp.closed && !saver.sending && saver.line === "online") contact.stop();
  }

  #end(tell) {
    if (this.ended) return;
    this.#stop();
    this.#tell = tell;
    this.#leaveQuestions();
  }

  #stop() {
    this.ended = true;
    this.#room.contact.stop();
    this.#room.face.stop();
  }

  #leaveQuestions() {
    const { sheet, notices, stage } = this.#room;
    this.#room.lock();
    sheet.close({ focus: false });
    notices.banner("taken-over", false);
    delete root.dataset.entered;
    stage.show(stage.view("ended"));
  }
}
