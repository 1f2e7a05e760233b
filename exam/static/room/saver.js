// Brings answers to the server, in order, until each is acknowledged. Nothing is called saved before.

import { call, NoAnswer } from "./server.js";

const FIRST_PAUSE = 1000; // milliseconds; doubles up to the longest, with jitter, so that a hall doesn't knock in step
const LONGEST_PAUSE = 15_000;
const SIGNED_OUT_PAUSE = 4000;
const SOMEBODY_MUST_ACT = { 401: "signed-out", 404: "somebody-else", 403: "somebody-else" };

/**
 * Holds what is waiting: at most one answer a page and question, the latest. One request is on its way at a time.
 *
 * `on` is told: status() whenever what can be shown has changed; time(remaining) with each answer; refused(code, data) when
 * the page has to turn read-only or end. It is asked for left(), the milliseconds its clock shows.
 */
export class Saver {
  #journal;
  #on;
  #epoch = 0;
  #number = 0;
  #touched = new Set();
  #answers = new Map();
  #flags = new Map();
  #saved = new Map();
  #kept = new WeakSet();
  #pumping = null;
  #pause = FIRST_PAUSE;
  #wake = null;
  #restUntil = 0;
  #lateAt = new Set();
  #heardAt = Date.now();

  /** "online", or why nothing gets through: "offline", "unavailable", "signed-out", "somebody-else", "must-change". */
  line = "online";
  /** The server's word for when it last acknowledged something, as hh:mm:ss. */
  lastSaved = null;
  /** How many questions have an answer that was kept as late. */
  late = 0;
  /** What the server has kept of this page although another had taken over: {response, saved_clock} by position. */
  overtaken = new Map();
  stopped = false;

  constructor(journal, on) {
    this.#journal = journal;
    this.#on = on;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.#setLine("offline"));
  }

  /** From now on this page writes under `epoch`; `saved` says when each question was saved so far, as hh:mm:ss. */
  begin(epoch, saved) {
    this.#epoch = epoch;
    this.#number = 0;
    // A server that lost its last hour gives an epoch a second time: what waits under it keeps its number for itself.
    for (const entry of this.#answers.values()) if (entry.epoch === epoch) this.#number = Math.max(this.#number, entry.number);
    for (const entry of this.#answers.values()) delete entry.refused;
    this.#saved = new Map(saved);
    this.lastSaved ??= [...this.#saved.values()].sort().at(-1) ?? null;
    this.overtaken.clear();
    this.stopped = false;
    this.#pump();
  }

  /** How many questions have changes that the server hasn't acknowledged. */
  get waiting() {
    return new Set([...this.#touched, ...[...this.#answers.values()].map((entry) => entry.position)]).size;
  }

  isWaiting(position) {
    return this.#touched.has(position) || [...this.#answers.values()].some((entry) => entry.position === position);
  }

  /** When the answer shown to this question was acknowledged, as hh:mm:ss; null while it is waiting or there is none. */
  savedAt(position) {
    return this.isWaiting(position) ? null : (this.#saved.get(position) ?? null);
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
    this.#add({
      attempt: this.#journal.attempt, epoch: this.#epoch, position, number: this.#number, response,
      written: Date.now(), left: Math.round(this.#on.left()), heard: this.#heardAt,
    });
    this.#pump();
  }

  /** A question is flagged, or no longer. */
  flag(position, flagged) {
    this.#flags.set(position, flagged);
    this.#pump();
  }

  /** Send what an earlier page left in the journal, under its own epoch; resolves when the server has had all of it. */
  async replay() {
    for (const entry of await this.#journal.all()) {
      this.#answers.set(key(entry), entry);
      if (this.#journal.durable) this.#kept.add(entry);
    }
    this.#on.status();
    await this.#pump();
  }

  /** Hand in with everything that waits. Gives the server's answer; throws NoAnswer. */
  async submit() {
    const entries = [...this.#answers.values()].filter((entry) => entry.epoch === this.#epoch);
    const waiting = entries.map((entry) => ({ position: entry.position, ...sent(entry) }));
    const answer = await call("POST", "submit", { epoch: this.#epoch, waiting });
    this.#heard(answer);
    if (answer.status === 200) {
      this.stop();
      for (const entry of entries) await this.#settle(entry);
    }
    return answer;
  }

  /** The server has answered something else the page asked. */
  heard(answer) {
    this.#heard(answer);
    if (this.line === "online" && this.waiting) this.hurry();
  }

  /** The server hasn't answered something else the page asked. */
  missed(error) {
    this.#setLine(error.reached ? "unavailable" : "offline");
  }

  /** Try again at once instead of waiting out the pause, unless the server has asked for rest. */
  hurry() {
    if (performance.now() < this.#restUntil) return;
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
    this.#journal.put(entry).then(() => {
      if (this.#journal.durable) this.#kept.add(entry);
      this.#on.status();
    });
    this.#on.status();
  }

  /** Whether everything that waits at this question outlives the page. */
  isKept(position) {
    const here = [...this.#answers.values()].filter((entry) => entry.position === position);
    return !this.#touched.has(position) && here.every((entry) => this.#kept.has(entry));
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
        this.#restUntil = performance.now() + error.retryAfter;
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
    const { position, epoch, number } = entry;
    const answer = await call("PUT", `answers/${position}`, { epoch, ...sent(entry) });
    this.#heard(answer);
    const { code, saved_clock } = answer.data;
    if (answer.status === 200) {
      this.lastSaved = saved_clock;
      if (epoch === this.#epoch) this.#saved.set(position, saved_clock);
      await this.#settle(entry);
    } else if (code === "taken_over" || code === "after_deadline" || code === "superseded") {
      if (code === "after_deadline") this.late = this.#lateAt.add(position).size;
      if (code === "taken_over") this.overtaken.set(position, { response: entry.response, saved_clock });
      await this.#settle(entry); // it is kept there, though it doesn't count
      if (code !== "superseded") this.#on.refused(code, answer.data);
    } else if (code === "number_reused" && epoch === this.#epoch) {
      await this.#settle(entry);
      this.#number = Math.max(this.#number, number) + 1;
      this.#add({ ...entry, number: this.#number });
    } else if (answer.status === 422 || code === "number_reused") {
      entry.refused = answer.data.message;
      if (code === "unknown_page") this.#on.refused(code, answer.data);
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
    if (this.line !== "online") return this.#wait(SIGNED_OUT_PAUSE); // somebody has to sign in first
    if (status !== 409) throw new NoAnswer(true); // nothing of ours: a gateway, perhaps
    this.stop();
    this.#on.refused(data.code, data);
  }

  #heard({ status, data, remaining }) {
    if (data.code === "must_change_password") this.#setLine("must-change");
    else this.#setLine(SOMEBODY_MUST_ACT[status] ?? "online");
    if (remaining) this.#on.time(remaining);
    if (this.line !== "online") return;
    const now = Date.now();
    for (const entry of this.#answers.values()) entry.offline_ms ??= Math.max(0, now - entry.heard);
    this.#heardAt = now;
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

/** An answer as the server takes it; should it come late, what else is known of it goes along. */
function sent({ number, response, written, left, heard, offline_ms }) {
  const ago = (moment) => Math.max(0, Date.now() - moment) || 0;
  return { number, response, age_ms: ago(written), left_ms: left ?? 0, offline_ms: offline_ms ?? ago(heard) };
}

function key(entry) {
  return `${entry.epoch}/${entry.position}`;
}
