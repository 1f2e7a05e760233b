// What the invigilator and the site tell the candidate: messages, and time given. Each stays until it has been read.

import { facts, say } from "./words.js";

const REMEMBER = `jieye-room-credits-${facts.attempt}`;

export class Told {
  #place;
  #draft;
  #onSeen;
  #after = 0;
  #credits = 0;
  #seen = new Set();

  /** `place` takes the notes, made after the template `draft`; onSeen() is told when something has been read. */
  constructor(place, draft, onSeen) {
    this.#place = place;
    this.#draft = draft;
    this.#onSeen = onSeen;
  }

  /** What the server is told: the last message and how much time given are known here, and what has been read. */
  get word() {
    return { after: this.#after, credits: this.#credits, seen: [...this.#seen] };
  }

  /** The server knows that these have been read. */
  taken({ seen }) {
    for (const id of seen) this.#seen.delete(id);
  }

  /** Show what is new. */
  hear({ messages = [], credits, deadline_clock }) {
    for (const { id, text, sent_clock } of messages) {
      if (id <= this.#after) continue;
      this.#after = id;
      this.#show("message", say("message", { time: sent_clock }), text, () => {
        this.#seen.add(id);
        this.#onSeen();
      });
    }
    // The opening tells all of them, a contact those that this page doesn't know.
    for (const { seconds, reason } of credits) {
      this.#credits += 1;
      const number = this.#credits;
      if (number <= remembered()) continue;
      const words = say("credit", { time: inMinutes(seconds), reason: reason || say("outage"), deadline: deadline_clock });
      this.#show("credit", words, "", () => remember(number));
    }
  }

  /** The server is about to tell all the time given from the beginning. */
  anew() {
    this.#credits = 0;
    for (const note of this.#place.querySelectorAll("[data-note=credit]")) note.remove();
  }

  #show(kind, heading, text, onRead) {
    const note = this.#draft.content.firstElementChild.cloneNode(true);
    note.dataset.note = kind;
    note.querySelector("[data-note-heading]").textContent = heading;
    note.querySelector("[data-note-text]").textContent = text;
    note.querySelector("[data-note-read]").addEventListener("click", () => {
      const next = note.nextElementSibling ?? note.previousElementSibling;
      note.remove();
      (next?.querySelector("[data-note-read]") ?? document.querySelector(".question:not([hidden]) h2"))?.focus();
      onRead();
    });
    this.#place.append(note);
  }
}

function inMinutes(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (!rest) return say("some_minutes", { minutes });
  return minutes ? say("minutes_seconds", { minutes, seconds: rest }) : say("some_seconds", { seconds: rest });
}

function remembered() {
  try {
    return Number(localStorage.getItem(REMEMBER)) || 0;
  } catch {
    return 0;
  }
}

function remember(count) {
  try {
    localStorage.setItem(REMEMBER, String(Math.max(count, remembered())));
  } catch {
    // Without storage it is shown again after a reload: better twice than never.
  }
}
