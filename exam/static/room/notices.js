// What the page says about itself: the save line, the banners above the questions, and what is spoken to screen readers.

import { say, stateMark } from "./words.js";

const LINES = ["offline", "unavailable", "signed-out", "somebody-else", "must-change"];
const GO_ON = ["offline", "unavailable"]; // those whose banner says to go on writing

export class Notices {
  #lineBefore = "online";

  constructor(root) {
    this.saveLine = root.querySelector("[data-save-line]");
    this.announcer = root.querySelector("[data-announce]");
    this.lastDelivery = [...root.querySelectorAll("[data-last-delivery]")];
    this.banners = new Map([...root.querySelectorAll("[data-banner]")].map((banner) => [banner.dataset.banner, banner]));
  }

  /** Draw how saving stands. Only what the server has acknowledged is called saved; once nobody writes, none says to go on. */
  draw(saver, durable, { writing }) {
    const mark = saveMark(saver);
    // A status region speaks when it changes: redrawing the same words would say them again.
    if (this.saveLine.textContent !== mark.map((one) => one.textContent).join("")) this.saveLine.replaceChildren(...mark);
    for (const name of LINES) this.banner(name, saver.line === name && (writing || !GO_ON.includes(name)));
    this.banner("no-storage", !durable);
    const last = saver.lastSaved ? say("last_delivery", { time: saver.lastSaved }) : "";
    for (const place of this.lastDelivery) place.textContent = last;
    if (saver.line !== "online") this.#lineBefore = saver.line;
    else if (this.#lineBefore !== "online" && !saver.waiting) {
      this.#lineBefore = "online";
      this.speak(say("back_online"));
    }
  }

  banner(name, up) {
    const banner = this.banners.get(name);
    if (banner.hidden === up) banner.hidden = !up;
  }

  speak(words) {
    this.announcer.textContent = words;
  }
}

function saveMark({ line, waiting, stuck, lastSaved }) {
  if (stuck.length) return [stateMark("warn", "bad", say("stuck", { count: stuck.length }))];
  if (waiting) return [stateMark("waiting", "wait", say("waiting", { count: waiting }))];
  if (line !== "online") return [stateMark("offline", "wait", say(line))];
  return lastSaved ? [stateMark("check", "good", say("saved", { time: lastSaved }))] : [];
}

/** How saving stands for one question: saved, waiting, kept here, or why it can't be saved; empty before the first word. */
export function questionMark(saver, { position, undecided }) {
  const refused = saver.refusedAt(position);
  if (refused) return [stateMark("warn", "bad", say("question_refused", refused))];
  if (undecided && !saver.isWaiting(position)) return [stateMark("warn", "wait", say("question_undecided"))];
  if (saver.isElsewhere(position)) return [stateMark("late", "wait", say("question_elsewhere"))];
  const saved = saver.savedAt(position);
  if (saved) return [stateMark("check", "good", say("saved", { time: saved }))];
  if (!saver.isWaiting(position)) return [];
  return [stateMark("waiting", "wait", say(saver.line !== "online" && saver.isKept(position) ? "question_kept" : "question_waiting"))];
}
