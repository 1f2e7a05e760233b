// Asks every few seconds how the attempt stands, and tells how this page is doing.

import { call, NoAnswer } from "./server.js";

const EVERY = 4000; // milliseconds, more or less: a thousand pages that ask in step would all ask at once
const JITTER = 500;
const SOON = 1000; // milliseconds, while the end is awaited
const LONGEST_PAUSE = 15_000;

/**
 * One question at a time. `page` is asked for word(), what to tell, and told heard(answer), missed(error), and taken(word)
 * once what was told has arrived.
 */
export class Contact {
  #page;
  #timer = null;
  #asking = null;
  #pause = EVERY;
  #stopped = false;

  /** Whether to ask more often than usual: the time is up, and the server will say what follows. */
  hasty = false;

  constructor(page) {
    this.#page = page;
  }

  /** Ask now, and from now on; resolves when the answer has come or failed to. */
  ask() {
    if (this.#stopped) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
      if (!this.#stopped) this.#timer = setTimeout(() => this.ask(), this.#next());
    });
    return this.#asking;
  }

  /** Ask no more. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #ask() {
    const word = this.#page.word();
    try {
      const answer = await call("POST", "contact", word);
      this.#pause = EVERY;
      if (answer.status === 200) this.#page.taken(word);
      // Events only inform. Sent again and again, one that can't be read would keep the page from hearing anything.
      if (answer.status === 422) this.#page.taken({ events: word.events, seen: [] });
      this.#page.heard(answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#pause = Math.max(error.retryAfter, Math.min(LONGEST_PAUSE, this.#pause * 1.5));
      this.#page.missed(error);
    }
  }

  #next() {
    const usual = this.hasty && this.#pause === EVERY ? SOON : this.#pause;
    return usual + (Math.random() * 2 - 1) * JITTER;
  }
}
