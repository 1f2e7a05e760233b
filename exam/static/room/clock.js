// The clock is a display: the server's time left, counted on by a clock that nobody can set.

/** Counts down from what the server said last. What the device takes for the time of day plays no part. */
export class Clock {
  #left = 0;
  #at = 0;
  #lead = 0;

  constructor(ms) {
    this.sync({ ms, at: performance.now() });
  }

  /** Take over the server's word: `ms` were left at the moment `at` of performance.now(). */
  sync({ ms, at }) {
    this.#left = ms;
    this.#at = at;
    this.#lead = Date.now() - performance.now();
  }

  /** Milliseconds left, never below 0. */
  get left() {
    return Math.max(0, this.#left - (performance.now() - this.#at));
  }

  /** Whether this device has slept since the last word: then its own counting stood still, and the server must be asked. */
  get slept() {
    return Math.abs(Date.now() - performance.now() - this.#lead) > 2000;
  }
}

/** 27:41, and 1:05:00 above an hour. A second that has begun still counts as left. */
export function digits(ms) {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

const MINUTE = 60_000;
const SPOKEN = [1, 5, 15];

/** Draws a Clock twice a second, speaks at 15, 5 and 1 minutes, and says once when the time is up. */
export class ClockFace {
  #before = Infinity;

  constructor(clock, total, { shown, word, digits: figure, bar, words, speak, onTimeUp }) {
    Object.assign(this, { clock, total, shown, word, figure, bar, words, speak, onTimeUp });
    this.timer = setInterval(() => this.draw(), 500);
  }

  draw() {
    const left = this.clock.left;
    const last = left <= 5 * MINUTE;
    set(this.figure, digits(left));
    set(this.word, left === 0 ? this.words("time_is_up") : this.words(last ? "last_minutes" : "time_left"));
    this.shown.classList.toggle("is-short", last && left > MINUTE);
    this.shown.classList.toggle("is-last", left <= MINUTE);
    this.bar.setAttribute("width", Math.max(0, 100 * (1 - left / this.total)).toFixed(2));
    const before = this.#before;
    this.#before = left; // first: who is told that the time is up draws again
    const crossed = SPOKEN.find((minutes) => left <= minutes * MINUTE && before > minutes * MINUTE);
    if (crossed && before < Infinity && left > 0) this.speak(this.words(`left_${crossed}`));
    if (left === 0 && before > 0) this.onTimeUp();
  }

  stop() {
    clearInterval(this.timer);
  }
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
