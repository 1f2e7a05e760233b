// Brings answers to the server, in order, until each is acknowledged. Nothing is called saved before.

import { call, NoAnswer } from "./server.js";

const FIRST_PAUSE = 1000; // milliseconds; doubles up to the longest, with jitter, so that a hall doesn't knock in step
const LONGEST_PAUSE = 15_000;
const SIGNED_OUT_PAUSE = 4000;

/**
 * Holds what is waiting: at most one answer a question, the latest. One request is on its way at a time.
 *
 * `on` is told: status() whenever what can be shown has changed; time(remaining) with each answer; refused(code, data) when
 * the page has to turn read-only, stop, or say why.
 */
export class Saver {
  #journal;
  #on;
  #epoch = 0;
  #number = 0;
  #touched = new Set();
  #answers = new Map();
  #flags = new Map();
  #pumping = null;
  #pause = FIRST_PAUSE;
  #wake = null;
  #lateAt = new Set();

  /** "online", or why nothing gets through: "offline", "unavailable", "signed-out". */
  line = "online";
  /** The server's word for when it last acknowledged something, as hh:mm:ss. */
  lastSaved = null;
  /** How many questions have an answer that was kept as late. */
  late = 0;
  stopped = false;

  constructor(journal, on) {
    this.#journal = journal;
    this.#on = on;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.#setLine("offline"));
  }

  /** From now on this page writes under `epoch`. */
  begin(epoch) {
    this.#epoch = epoch;
    this.#number = 0;
    this.stopped = false;
  }

  /** How many questions have changes that the server hasn't acknowledged. */
  get waiting() {
    return new Set([...this.#touched, ...[...this.#answers.values()].map((entry) => entry.position)]).size;
  }

  isWaiting(position) {
    return this.#touched.has(position) || [...this.#answers.values()].some((entry) => entry.position === position);
  }

  /** Something is being typed; it will be given to `change` in a moment. */
  touch(position) {
    this.#touched.add(position);
    this.#on.status();
  }

  /** A question's answer is now this. */
  change(position, response) {
    this.#touched.delete(position);
    this.#number += 1;
    const { attempt } = this.#journal;
    this.#add({ attempt, epoch: this.#epoch, position, number: this.#number, response, written: Date.now() });
    this.#pump();
  }

  /** A question is flagged, or no longer. */
  flag(position, flagged) {
    this.#flags.set(position, flagged);
    this.#pump();
  }

  /** Send what an earlier page left in the journal, under its own epoch; resolves when the server has had all of it. */
  async replay() {
    for (const entry of await this.#journal.all()) this.#answers.set(key(entry), entry);
    this.#on.status();
    await this.#pump();
  }

  /** Hand in with everything that waits. Gives the server's answer; throws NoAnswer. */
  async submit() {
    const entries = [...this.#answers.values()].filter((entry) => entry.epoch === this.#epoch);
    const waiting = entries.map(({ position, number, response }) => ({ position, number, response }));
    const answer = await call("POST", "submit", { epoch: this.#epoch, waiting });
    this.#setLine("online");
    if (answer.status === 200) {
      this.stop();
      for (const entry of entries) await this.#settle(entry);
    }
    return answer;
  }

  /** The server has answered something else the page asked. */
  reached() {
    this.#setLine("online");
    if (this.waiting) this.hurry();
  }

  /** The server hasn't answered something else the page asked. */
  missed(error) {
    this.#setLine(error.reached ? "unavailable" : "offline");
  }

  /** The server wants somebody to sign in: say so, and see whether that has happened; a fresh token comes with it. */
  async askWhoIsThere() {
    const { status } = await call("POST", "contact", { epoch: this.#epoch, waiting: this.waiting });
    this.#setLine(status === 401 ? "signed-out" : "online");
  }

  /** Try again at once instead of waiting out the pause. */
  hurry() {
    this.#pause = FIRST_PAUSE;
    this.#wake?.();
    this.#pump();
  }

  /** Send nothing more. */
  stop() {
    this.stopped = true;
    this.#wake?.();
  }

  #add(entry) {
    this.#answers.set(key(entry), entry);
    this.#journal.put(entry).then(() => this.#on.status());
    this.#on.status();
  }

  async #settle(entry) {
    if (this.#answers.get(key(entry)) === entry) this.#answers.delete(key(entry));
    await this.#journal.remove(entry);
  }

  #pump() {
    this.#pumping ??= this.#run();
    return this.#pumping;
  }

  async #run() {
    await null; // so that whoever started it has noted it before it ends
    for (let task; !this.stopped && (task = this.#next()); ) {
      try {
        await task();
        this.#pause = FIRST_PAUSE;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        this.missed(error);
        await this.#wait(Math.max(error.retryAfter, this.#pause * (0.5 + Math.random())));
        this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
      }
    }
    this.#pumping = null;
    this.#on.status();
  }

  /** What to send next: answers in the order they were written, then flags; nothing when all is done. */
  #next() {
    const sendable = [...this.#answers.values()].filter((entry) => !entry.refused);
    const [entry] = sendable.sort((one, other) => one.epoch - other.epoch || one.number - other.number);
    if (entry) return () => this.#sendAnswer(entry);
    const [flag] = this.#flags;
    return flag && (() => this.#sendFlag(...flag));
  }

  async #sendAnswer(entry) {
    const { position, epoch, number, response } = entry;
    const answer = await call("PUT", `answers/${position}`, { epoch, number, response });
    this.#heard(answer);
    const { code } = answer.data;
    if (answer.status === 200) {
      this.lastSaved = answer.data.saved_clock;
      await this.#settle(entry);
    } else if (code === "taken_over" || code === "after_deadline") {
      if (code === "after_deadline") this.late = this.#lateAt.add(position).size;
      await this.#settle(entry); // it is kept there, though it doesn't count
      this.#on.refused(code, answer.data);
    } else if (code === "number_reused") {
      await this.#settle(entry);
      this.#number += 1;
      this.#add({ ...entry, number: Math.max(this.#number, number + 1) });
    } else if (answer.status === 422) {
      entry.refused = answer.data.message;
    } else {
      await this.#refused(answer);
    }
    this.#on.status();
  }

  async #sendFlag(position, flagged) {
    const answer = await call("PUT", `flags/${position}`, { epoch: this.#epoch, flagged });
    this.#heard(answer);
    const settled = answer.status === 200 || answer.status === 422 || answer.data.code === "taken_over";
    if (settled && this.#flags.get(position) === flagged) this.#flags.delete(position);
    if (answer.data.code === "taken_over") this.#on.refused("taken_over", answer.data);
    else if (!settled) await this.#refused(answer);
  }

  async #refused({ status, data }) {
    if (status === 401 || data.code === "csrf") {
      await this.askWhoIsThere();
      if (this.line === "signed-out") await this.#wait(SIGNED_OUT_PAUSE);
      return;
    }
    this.stop();
    this.#on.refused(data.code, data);
  }

  #heard(answer) {
    if (answer.status !== 401) this.#setLine("online");
    if (answer.remaining) this.#on.time(answer.remaining);
  }

  #setLine(line) {
    if (this.line === line) return;
    this.line = line;
    this.#on.status();
  }

  /** Why an answer to this question can't be saved, if the server has said so. */
  whyRefused(position) {
    return [...this.#answers.values()].find((entry) => entry.position === position && entry.refused)?.refused;
  }

  #wait(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function key(entry) {
  return `${entry.epoch}/${entry.position}`;
}
