// The exam room. Puts the parts together: clock, questions, saver, answer sheet, summary, keys.
//
// A page opens the room by asking for an epoch; from then on it is the live one, and every answer it sends carries that
// number. The server decides all that matters; the page shows, collects, and never claims what it doesn't know.

import { Clock, ClockFace } from "./clock.js";
import { Ending } from "./ending.js";
import { openJournal } from "./journal.js";
import { listenForKeys } from "./keys.js";
import { Notices, questionMark } from "./notices.js";
import { Question } from "./questions.js";
import { Saver } from "./saver.js";
import { call, NoAnswer } from "./server.js";
import { Sheet } from "./sheet.js";
import { Summary } from "./summary.js";
import { facts, say } from "./words.js";

const LOOK = 4000; // milliseconds between two looks at how things stand
const TRY_AGAIN = 2000; // milliseconds, when the room couldn't be opened

const root = document.querySelector("[data-room]");
const find = (name) => root.querySelector(`[data-${name}]`);
const findAll = (name) => [...root.querySelectorAll(`[data-${name}]`)];
const view = (name) => root.querySelector(`[data-view="${name}"]`);

class Room {
  /** Whether this page may write. */
  live = false;
  /** Whether the attempt has ended. */
  ended = false;
  /** The Question or view on the screen, and the Question shown last. */
  shown = null;
  current = null;

  constructor(journal) {
    this.journal = journal;
    this.clock = new Clock(facts.left_ms);
    this.notices = new Notices(root);
    this.saver = new Saver(journal, {
      status: () => this.draw(),
      time: (remaining) => this.clock.sync(remaining),
      refused: (code, data) => this.refused(code, data),
    });
    this.questions = findAll("question").map((section) => new Question(section, {
      touch: (question) => this.saver.touch(question.position),
      change: (question) => this.saver.change(question.position, question.response),
    }));
    this.sheet = new Sheet(root);
    this.summary = new Summary(view("summary"), { onBack: () => this.show(this.current), onHandIn: () => this.handIn() });
    this.ending = new Ending(view("ended"), this.saver);
    this.face = new ClockFace(this.clock, facts.total_ms, {
      shown: find("clock"), word: find("clock-word"), digits: find("clock-digits"), bar: find("time-bar"),
      words: say, speak: (words) => this.notices.speak(words), onTimeUp: () => this.timeUp(),
    });
  }

  /** Deliver what an earlier page of this device left behind, then open the room. */
  async enter() {
    this.listen();
    find("opening-word").hidden = false;
    await this.saver.replay();
    if (!this.ended) await this.open({ takeOver: false });
  }

  // Opening the room, and losing it to another page

  async open({ takeOver }) {
    try {
      const answer = await call("POST", "epoch", { page: pageName(), take_over: takeOver });
      if (answer.status === 200) this.begin(answer);
      else if (answer.status === 401) await this.saver.askWhoIsThere();
      else this.refused(answer.data.code, answer.data);
      if (answer.status !== 401) return;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.saver.missed(error);
    }
    setTimeout(() => this.ended || this.open({ takeOver }), TRY_AGAIN * (1 + Math.random()));
  }

  /** The server has made this page the live one: show what is answered so far, and let the candidate write. */
  begin({ data, remaining }) {
    this.live = true;
    this.epoch = data.epoch;
    this.clock.sync(remaining);
    for (const question of this.questions) {
      question.response = data.answers[question.position]?.response ?? null;
      question.flagged = data.flags.includes(question.position);
      question.locked = false;
    }
    this.saver.lastSaved ??= Object.values(data.answers).map((kept) => kept.saved_clock).sort().at(-1) ?? null;
    this.saver.begin(data.epoch);
    this.saver.reached();
    this.offerOvertaken(data.overtaken);
    for (const button of findAll("to-summary")) button.disabled = false;
    root.dataset.entered = "";
    this.notices.banner("taken-over", false);
    this.show(this.named(location.hash) ?? this.current ?? this.questions[0], { focus: false });
  }

  /** Ask how things stand: the time left, whether another page has taken over, whether the attempt has ended. */
  async look() {
    if (this.ended) return;
    try {
      const { status, data, remaining } = await call("POST", "contact", { epoch: this.epoch ?? 0, waiting: this.saver.waiting });
      if (status === 401) return void (await this.saver.askWhoIsThere());
      if (status !== 200) return this.refused(data.code, data);
      this.clock.sync(remaining);
      this.saver.reached();
      if (data.door !== "open") this.refused(data.door, data);
      else if (this.live && data.epoch > this.epoch) this.refused("taken_over", data);
      else if (this.live) this.offerOvertaken(data.overtaken);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.saver.missed(error);
    }
  }

  /** The server has said no: each reason has its own consequence. */
  refused(code, data) {
    if (code === "in_use") this.show(view("ask"));
    else if (code === "taken_over") this.becomeReadOnly();
    else if (code === "after_deadline") this.timeUp();
    else if (code === "closed") this.end("handed_in", say("closed_elsewhere"), { receipt: true });
    else if (code === "voided") this.end("set_aside", say("voided"), { receipt: false });
    else if (["not_found", "403"].includes(code)) this.somebodyElse();
    else throw new Error(`the server refused: ${code} ${data?.message}`);
  }

  becomeReadOnly() {
    if (!this.live) return;
    this.lock();
    this.notices.banner("taken-over", true);
  }

  somebodyElse() {
    this.lock();
    this.notices.banner("somebody-else", true);
  }

  /** Let nothing more be written; what is being typed is given to the saver first. */
  lock() {
    for (const question of this.questions) question.flush();
    this.live = false;
    for (const question of this.questions) question.locked = true;
    for (const button of findAll("to-summary")) button.disabled = true;
    if (this.shown === view("summary")) this.show(this.current);
    else this.draw();
  }

  // Questions

  /** Show one question or one view, and nothing else. */
  show(what, { focus = true } = {}) {
    const section = what instanceof Question ? what.section : what;
    for (const other of [...findAll("view"), ...findAll("question")]) other.hidden = other !== section;
    find("turn").hidden = find("keys-help").hidden = !(what instanceof Question);
    this.shown = what;
    if (what instanceof Question) {
      this.current?.flush();
      this.current = what;
      if (location.hash !== `#${section.id}`) history.replaceState(null, "", `#${section.id}`);
      document.title = say("title", { number: what.position });
    }
    this.draw();
    scrollTo(0, 0);
    if (focus) section.querySelector("h2").focus({ preventScroll: true });
  }

  /** Show the question that an address such as #q23 names; whether there was one to show. */
  goTo(hash) {
    const question = this.named(hash);
    if (!question || !this.current || this.ended) return false;
    this.show(question);
    return true;
  }

  named(hash) {
    return this.questions.find((question) => `#${question.section.id}` === hash);
  }

  get isAtQuestion() {
    return this.shown instanceof Question && !this.sheet.isOpen;
  }

  turn(by) {
    if (!this.isAtQuestion) return false;
    const next = this.questions[this.questions.indexOf(this.current) + by];
    if (next) this.show(next);
    else if (by > 0 && this.live) this.toSummary();
    return true;
  }

  flag() {
    if (!this.live || !this.isAtQuestion) return false;
    this.current.flagged = !this.current.flagged;
    this.saver.flag(this.current.position, this.current.flagged);
    this.draw();
    return true;
  }

  /** Offer what another page of this candidate delivered after this one had opened. */
  offerOvertaken(overtaken) {
    for (const question of this.questions) {
      question.offer(overtaken[question.position], () => this.saver.change(question.position, question.response));
    }
  }

  // Handing in, and the end

  toSummary() {
    this.current.flush();
    this.sheet.close({ focus: false });
    this.summary.begin();
    this.show(view("summary"));
  }

  async handIn() {
    for (const question of this.questions) question.flush();
    try {
      const { status, data } = await this.saver.submit();
      if (status === 401 || data.code === "csrf") return void (await this.saver.askWhoIsThere());
      if (status !== 200) return this.refused(data.code, data);
      this.ended = true;
      this.face.stop();
      location.assign(data.receipt_url);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.saver.missed(error);
      this.summary.complain(say("not_handed_in"));
    }
  }

  timeUp() {
    if (this.ended) return;
    const wasLive = this.live;
    this.close();
    this.ending.atDeadline(wasLive);
  }

  end(heading, words, { receipt }) {
    this.close();
    this.ending.tell(heading, words, { receipt });
  }

  close() {
    this.lock();
    this.ended = true;
    this.face.stop();
    this.face.draw();
    this.sheet.close({ focus: false });
    this.notices.banner("taken-over", false);
    delete root.dataset.entered;
    this.show(view("ended"));
  }

  // Drawing and listening

  draw() {
    const { saver, questions, shown } = this;
    this.notices.draw(saver, this.journal.durable);
    this.sheet.draw(questions, (position) => saver.isWaiting(position), shown);
    if (shown === view("summary")) this.summary.draw(questions, saver.waiting, this.clock.left);
    if (shown instanceof Question) this.drawQuestion(shown);
  }

  drawQuestion(question) {
    const index = this.questions.indexOf(question);
    const isLast = index === this.questions.length - 1;
    find("previous").disabled = index === 0;
    find("next").disabled = isLast && !this.live;
    find("next-word").textContent = say(isLast ? "to_summary" : "next");
    find("flag").disabled = !this.live;
    find("flag").setAttribute("aria-pressed", String(question.flagged));
    find("flag-word").textContent = say(question.flagged ? "flagged" : "flag");
    question.mark(questionMark(this.saver, question.position, this.journal.durable));
  }

  listen() {
    find("previous").addEventListener("click", () => this.turn(-1));
    find("next").addEventListener("click", () => this.turn(1));
    find("flag").addEventListener("click", () => this.flag());
    for (const button of findAll("to-summary")) button.addEventListener("click", () => this.toSummary());
    for (const button of findAll("take-over")) button.addEventListener("click", () => this.open({ takeOver: true }));
    listenForKeys(find("keys-help"), {
      turn: (by) => this.turn(by),
      flag: () => this.flag(),
      choose: (index) => this.isAtQuestion && this.shown.choose(index),
    });
    // At once, not when the address has changed: the next key may follow right away.
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#q']");
      if (link && this.goTo(link.hash)) event.preventDefault();
    });
    addEventListener("hashchange", () => this.goTo(location.hash));
    addEventListener("online", () => this.look());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.look();
      else for (const question of this.questions) question.flush();
    });
    setInterval(() => this.look(), LOOK);
    setInterval(() => this.clock.slept && this.look(), 1000);
    addEventListener("beforeunload", (event) => {
      if (this.saver.waiting) event.preventDefault();
    });
  }
}

/** A name that this tab keeps over reloads, so that a reload isn't taken for another device. */
function pageName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const fresh = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const name = sessionStorage.getItem("jieye-room-page") ?? fresh;
    sessionStorage.setItem("jieye-room-page", name);
    return name;
  } catch {
    return fresh;
  }
}

new Room(await openJournal(facts.attempt)).enter();
