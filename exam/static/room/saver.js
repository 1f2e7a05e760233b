// Brings answers to the server, in order, until each is acknowledged. Nothing is called saved before.

import { call, NoAnswer } from "./server.js";
import { Waiting } from "./waiting.js";

const FIRST_PAUSE = 1000; // milliseconds; doubles up to the longest, with jitter, so that a hall doesn't knock in step
const LONGEST_PAUSE = 15_000;
const SIGNED_OUT_PAUSE = 4000;
const SOMEBODY_MUST_ACT = { 401: "signed-out", 404: "somebody-else", 403: "somebody-else" };

/**
 * Sends what is waiting. One request is on its way at a time.
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
  #waiting;
  #flags = new Map();
  #saved = new Map();
  #pumping = null;
  #pause = FIRST_PAUSE;
  #wake = null;
  #restUntil = 0;
  #lateAt = new Set();
  #elsewhere = new Set();
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
    this.#waiting = new Waiting(journal, () => on.status());
    this.#on = on;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.#setLine("offline"));
  }

  /** From now on this page writes under `epoch`; `saved` says when each question was saved so far, as hh:mm:ss. */
  begin(epoch, saved) {
    this.#epoch = epoch;
    this.#number = 0;
    this.#waiting.forgive();
    for (const entry of this.#waiting.all) {
      // A server that lost its last hour gives an epoch a second time: what waits under it keeps its number for itself.
      if (entry.epoch === epoch) this.#number = Math.max(this.#number, entry.number);
      // What waits under one that it doesn't know any more can't be delivered there: what is saved here instead stands for it.
      if (entry.epoch > epoch) {
        this.#waiting.refuse(entry, "");
        this.#waiting.replaceAt(entry.position, { epoch, number: 1 });
      }
    }
    this.#saved = new Map(saved);
    this.lastSaved = [...this.#saved.values(), this.lastSaved].filter(Boolean).sort().at(-1) ?? null;
    this.overtaken.clear();
    this.#elsewhere.clear();
    this.stopped = false;
    this.#pump();
  }

  /** How many questions have changes that the server hasn't acknowledged. */
  get waiting() {
    return this.#count(this.#waiting.all);
  }

  /** How many of them are sent by themselves: all but those whose answer the server has refused. */
  get sending() {
    return this.#count(this.#waiting.sendable);
  }

  /** The questions, in their order, whose answer the server has refused: the candidate has to say what is to be saved. */
  get stuck() {
    return this.#waiting.stuck;
  }

  /** Whether something is being typed here that `change` hasn't been given yet. */
  isTouched(position) {
    return this.#touched.has(position);
  }

  /** What this device has written last at this question and still has waiting; undefined if there is nothing. */
  newestAt(position) {
    return this.#waiting.at(position).sort((one, other) => (isNewer(one, other) ? 1 : -1)).at(-1);
  }

  isWaiting(position) {
    return this.#touched.has(position) || this.#waiting.at(position).length > 0;
  }

  /** Whether the answer shown to this question came when another page was the live one: it is kept, and that page decides. */
  isElsewhere(position) {
    return !this.isWaiting(position) && this.#elsewhere.has(position);
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
    this.#waiting.add({
      attempt: this.#journal.attempt, epoch: this.#epoch, position, number: this.#number, response,
      written: Date.now(), left: Math.round(this.#on.left()), heard: this.#heardAt,
    });
    this.#on.status();
    this.#pump();
  }

  /** The same, instead of what the server has refused here; that is kept until it has acknowledged this one. */
  changeInstead(position, response) {
    this.#waiting.replaceAt(position, { epoch: this.#epoch, number: this.#number + 1 });
    this.change(position, response);
  }

  /** A question is flagged, or no longer. */
  flag(position, flagged) {
    this.#flags.set(position, flagged);
    this.#pump();
  }

  /** Send what an earlier page left in the journal, under its own epoch; resolves when the server has had all of it. */
  async replay() {
    await this.#waiting.recall(this.#epoch);
    if (this.#journal.hangs) setTimeout(() => this.stopped || this.replay(), LONGEST_PAUSE); // it may hold something
    this.#on.status();
    await this.#pump();
  }

  /** Hand in with everything that waits and isn't refused, whichever page wrote it. Gives the server's answer; throws NoAnswer. */
  async submit() {
    const entries = this.#waiting.sendable;
    const waiting = entries.map((entry) => ({ position: entry.position, epoch: entry.epoch, ...sent(entry) }));
    const answer = await call("POST", "submit", { epoch: this.#epoch, waiting });
    this.#heard(answer);
    if (answer.status === 200) {
      this.stop();
      for (const entry of entries) this.#waiting.delivered(entry);
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

  /** Whether everything that waits at this question outlives the page. */
  isKept(position) {
    return !this.#touched.has(position) && this.#waiting.isKept(position);
  }

  #count(entries) {
    return new Set([...this.#touched, ...entries.map((entry) => entry.position)]).size;
  }

  #pump() {
    this.#pumping ??= this.#run();
    return this.#pumping;
  }

  async #run() {
    await null; // so that whoever started it has noted it before it ends
    try {
      for (let task; !this.stopped && (task = this.#next()); ) {
        try {
          await task();
          this.#pause = FIRST_PAUSE;
        } catch (error) {
          await this.#recover(error);
        }
      }
    } finally {
      this.#pumping = null; // whatever has happened, the next change is sent
    }
    this.#on.status();
  }

  /** Wait until it is worth trying again. What nobody has thought of counts as no answer: nothing may end the saving. */
  async #recover(error) {
    const { reached, retryAfter } = error instanceof NoAnswer ? error : new NoAnswer(true);
    if (!(error instanceof NoAnswer)) reportError(error);
    this.missed({ reached });
    this.#restUntil = performance.now() + retryAfter;
    await this.#wait(Math.max(retryAfter, this.#pause * (0.5 + Math.random())));
    this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
  }

  /** What to send next: answers in the order they were written, then flags; nothing when all is done. */
  #next() {
    const [entry] = this.#waiting.sendable;
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
      this.#waiting.delivered(entry);
    } else if (code === "taken_over" || code === "after_deadline" || code === "superseded") {
      if (code === "after_deadline") this.late = this.#lateAt.add(position).size;
      if (code === "taken_over") this.overtaken.set(position, { response: entry.response, saved_clock });
      if (code === "taken_over" && epoch === this.#epoch) this.#elsewhere.add(position);
      this.#waiting.delivered(entry); // it is kept there, though it doesn't count
      // An earlier page of this device was taken over from, perhaps by this very one: that says nothing about this one.
      const isMine = code === "after_deadline" || (code === "taken_over" && epoch === this.#epoch);
      if (isMine) this.#on.refused(code, answer.data);
    } else if (code === "number_reused" && epoch === this.#epoch) {
      this.#number = Math.max(this.#number, number) + 1;
      if (this.#waiting.isNewest(entry)) this.#waiting.add({ ...entry, number: this.#number });
    } else if (answer.status === 422 || code === "number_reused") {
      this.#waiting.refuse(entry, answer.data.message);
      if (code === "unknown_page") this.#on.refused(code, answer.data);
    } else {
      await this.#refused(answer);
    }
    this.#on.status();
  }

  async #sendFlag(position, flagged) {
    const epoch = this.#epoch;
    const answer = await call("PUT", `flags/${position}`, { epoch, flagged });
    this.#heard(answer);
    if (epoch !== this.#epoch && answer.status !== 200) return; // the room has been opened anew meanwhile: once more
    const settled = answer.status === 200 || answer.status === 422 || answer.data.code === "taken_over";
    if (settled && this.#flags.get(position) === flagged) this.#flags.delete(position);
    if (answer.data.code === "taken_over") this.#on.refused("taken_over", answer.data);
    else if (!settled) await this.#refused(answer);
  }

  async #refused({ status, data }) {
    if (this.line !== "online") return this.#wait(SIGNED_OUT_PAUSE); // somebody has to sign in first
    if (status !== 409) throw new NoAnswer(true); // nothing of ours: a gateway, perhaps
    this.#on.refused(data.code, data); // throws what it doesn't know, and that is tried again
    this.stop();
  }

  #heard({ status, data, remaining }) {
    if (data.code === "must_change_password") this.#setLine("must-change");
    else this.#setLine(SOMEBODY_MUST_ACT[status] ?? "online");
    if (remaining) this.#on.time(remaining);
    if (this.line !== "online") return;
    const now = Date.now();
    for (const entry of this.#waiting.all) entry.offline_ms ??= Math.max(0, now - entry.heard);
    this.#heardAt = now;
  }

  #setLine(line) {
    if (this.line === line) return;
    this.line = line;
    this.#on.status();
  }

  /** What the server has refused at this question, and why: {response, why}. Nothing while something new is being typed. */
  refusedAt(position) {
    return this.#touched.has(position) ? undefined : this.#waiting.refusedAt(position);
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

/** Whether the one counts of two answers to the same question: the later page's, of one page the higher number. */
export function isNewer(one, other) {
  return one.epoch === other.epoch ? one.number > other.number : one.epoch > other.epoch;
}

/** An answer as the server takes it; should it come late, what else is known of it goes along. */
function sent({ number, response, written, left, heard, offline_ms }) {
  const ago = (moment) => Math.max(0, Date.now() - moment) || 0;
  return { number, response, age_ms: ago(written), left_ms: left ?? 0, offline_ms: offline_ms ?? ago(heard) };
}
