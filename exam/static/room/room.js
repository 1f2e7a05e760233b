// The exam room. Puts the parts together: clock, questions, saver, contact, answer sheet, summary, keys. Opening and losing
// the room stand here, and turning the questions; listening.js, drawing.js and closing.js are the rest of it.
//
// A page opens the room by asking for an epoch; from then on it is the live one, and every answer it sends carries that
// number. The server decides all that matters; the page shows, collects, and never claims what it doesn't know.

import { Clock, ClockFace } from "./clock.js";
import { Closing } from "./closing.js";
import { Contact } from "./contact.js";
import { draw } from "./drawing.js";
import { Events } from "./events.js";
import { openJournal } from "./journal.js";
import { listen } from "./listening.js";
import { Notices } from "./notices.js";
import { freshName, pageName } from "./page.js";
import { keepLoading } from "./pictures.js";
import { Question } from "./questions.js";
import { find, findAll, root } from "./root.js";
import { isNewer, Saver } from "./saver.js";
import { call, NoAnswer } from "./server.js";
import { Sheet } from "./sheet.js";
import { SignIn } from "./signin.js";
import { Stage } from "./stage.js";
import { Summary } from "./summary.js";
import { Told } from "./told.js";
import { facts, say } from "./words.js";

const TRY_AGAIN = 2000; // milliseconds, when the room couldn't be opened

class Room {
  /** The number of this page, once it has opened the room; whether it may write. */
  epoch = 0;
  live = false;

  constructor(journal) {
    this.journal = journal;
    this.clock = new Clock(facts.left_ms);
    this.notices = new Notices(root);
    this.saver = new Saver(journal, {
      status: () => this.draw(),
      time: (remaining) => this.clock.sync(remaining),
      refused: (code, data) => this.refused(code, data),
      left: () => this.clock.left,
    });
    this.questions = findAll("question").map((section) => new Question(section, {
      touch: (question) => this.saver.touch(question.position),
      change: (question) => this.saver.change(question.position, question.response),
    }));
    this.stage = new Stage(root, this.questions, () => this.draw());
    this.sheet = new Sheet(root);
    this.summary = new Summary(this.stage.view("summary"), {
      onBack: () => this.stage.show(this.stage.current), onHandIn: () => this.closing.handIn(),
    });
    this.closing = new Closing(this);
    this.events = new Events(journal, () => this.stage.current?.position ?? 0);
    this.contact = new Contact(this);
    this.told = new Told(find("told"), find("note-draft"), () => this.contact.ask());
    this.signIn = new SignIn(find("sign-in"), () => this.contact.ask());
    this.face = new ClockFace(this.clock, facts.total_ms, {
      shown: find("clock"), word: find("clock-word"), digits: find("clock-digits"), bar: find("time-bar"),
      words: say, speak: (words) => this.notices.speak(words), onTimeUp: () => this.closing.timeUp(),
    });
  }

  get ended() {
    return this.closing.ended;
  }

  /** Deliver what an earlier page of this device left behind, then open the room. */
  async enter() {
    listen(this);
    keepLoading(root);
    this.face.draw();
    find("opening-word").hidden = false;
    await this.events.recall();
    this.contact.ask();
    await this.saver.replay();
    if (!this.ended) await this.open({ takeOver: false });
  }

  // Opening the room, and losing it to another page

  /** Asked again, it is under the same name of this `opening`: the server may have heard the first time. */
  async open({ takeOver, opening = freshName() }) {
    this.name ??= await pageName();
    try {
      const answer = await call("POST", "epoch", { page: this.name, take_over: takeOver, opening });
      if (answer.status === 200) return this.begin(answer);
      this.saver.heard(answer);
      if (answer.status === 409) return this.refused(answer.data.code, answer.data);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.saver.missed(error);
    }
    setTimeout(() => this.ended || this.open({ takeOver, opening }), TRY_AGAIN * (1 + Math.random()));
  }

  /** The server has made this page the live one: show what is answered so far, and let the candidate write. */
  begin(answer) {
    const { data } = answer;
    const { overtaken } = this.saver;
    this.epoch = data.epoch;
    const saved = Object.entries(data.answers).map(([position, kept]) => [Number(position), kept.saved_clock]);
    const hereBefore = Object.fromEntries(overtaken);
    this.saver.begin(data.epoch, saved);
    this.saver.heard(answer);
    this.told.anew();
    for (const question of this.questions) {
      this.takeUp(question, data.answers[question.position]);
      question.flagged = data.flags.includes(question.position);
    }
    this.unlock();
    root.dataset.entered = "";
    this.notices.banner("taken-over", false);
    this.offerOvertaken({ ...hereBefore, ...data.overtaken });
    this.standing(data);
    this.stage.show(this.stage.named(location.hash) ?? this.stage.current ?? this.questions[0], { focus: false });
  }

  /**
   * Show a question's answer as the room is opened: what the server has kept, or what this device has waiting where that is
   * newer; then this page saves it. What is just being typed stays as it is, and is saved in a moment.
   */
  takeUp(question, kept) {
    const { position } = question;
    if (this.saver.isTouched(position)) return;
    const waiting = this.saver.newestAt(position);
    if (!waiting || (kept && !isNewer(waiting, kept))) {
      question.response = kept?.response ?? null;
      return;
    }
    question.takeUp(waiting.response);
    if (waiting.epoch !== this.epoch) this.saver.change(position, waiting.response);
  }

  // Contact every few seconds

  /** What the server is told each time. */
  word() {
    return { epoch: this.epoch, page: this.name ?? "", waiting: this.saver.waiting, events: this.events.batch, ...this.told.word };
  }

  taken(word) {
    this.events.taken(word.events);
    this.told.taken(word);
  }

  heard(answer) {
    this.saver.heard(answer);
    if (answer.status !== 200 || this.ended) return;
    const { data } = answer;
    this.standing(data);
    if (data.door !== "open") this.refused(data.door, data);
    else if (this.closing.timeIsUp && data.remaining_ms > 0) this.closing.goOn();
    else if (this.live && data.epoch > this.epoch) this.refused("taken_over", data);
    else if (this.live) this.offerOvertaken(data.overtaken);
  }

  missed(error) {
    this.saver.missed(error);
  }

  /** The attempt's time as the server has it now, and what the candidate is told. */
  standing(data) {
    this.face.total = data.total_ms;
    this.face.draw();
    find("until").textContent = say("until", { time: data.deadline_clock });
    this.told.hear(data);
  }

  /** The server has said no: each reason has its own consequence. */
  refused(code, data) {
    if (code === "in_use") this.ask();
    else if (code === "taken_over") this.becomeReadOnly();
    else if (code === "unknown_page") this.open({ takeOver: false });
    else if (code === "after_deadline") this.closing.timeUp({ closed: true });
    else if (code === "closed") this.closing.handedIn();
    else if (code === "voided") this.closing.setAside();
    else throw new Error(`the server refused: ${code} ${data?.message}`);
  }

  /** Another page may have the room: ask before this one takes it. Until then nothing is written here. */
  ask() {
    if (this.live) this.lock();
    this.stage.show(this.stage.view("ask"));
  }

  becomeReadOnly() {
    if (!this.live) return;
    this.lock();
    this.notices.banner("taken-over", true);
  }

  /** Let nothing more be written; what is being typed is given to the saver first. */
  lock() {
    for (const question of this.questions) question.flush({ last: true });
    this.live = false;
    for (const question of this.questions) question.locked = true;
    for (const button of findAll("to-summary")) button.disabled = true;
    if (this.stage.isView("summary")) this.stage.show(this.stage.current);
    else this.draw();
  }

  unlock() {
    this.live = true;
    for (const question of this.questions) question.locked = false;
    for (const button of findAll("to-summary")) button.disabled = false;
  }

  // Questions

  /** Show the question that an address such as #q23 names; whether there was one to show. */
  goTo(hash) {
    const question = this.stage.named(hash);
    if (!question || !this.stage.current || this.ended || this.closing.timeIsUp) return false;
    this.stage.show(question);
    return true;
  }

  get isAtQuestion() {
    return this.stage.isQuestion && !this.sheet.isOpen;
  }

  turn(by) {
    if (!this.isAtQuestion) return false;
    const next = this.stage.neighbour(by);
    if (next) this.stage.show(next);
    else if (by > 0 && this.live) this.closing.toSummary();
    return true;
  }

  flag() {
    if (!this.live || !this.isAtQuestion) return false;
    const question = this.stage.current;
    question.flagged = !question.flagged;
    this.saver.flag(question.position, question.flagged);
    this.draw();
    return true;
  }

  /**
   * Offer what another page of this candidate delivered after this one had opened. Whatever is decided is saved here: a
   * later page's answer counts, and until there is one what was delivered does.
   */
  offerOvertaken(overtaken) {
    for (const question of this.questions) {
      const other = overtaken[question.position];
      if (other) question.offer(other, () => this.saver.change(question.position, question.response));
    }
    this.draw();
  }

  draw() {
    draw(this);
  }
}

new Room(await openJournal(facts.journal)).enter();
