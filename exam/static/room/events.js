// What happens around the page, recorded without judging it: it changes nothing and submits nothing.
//
// Each event says who brought it about, as far as a page can tell. "candidate": the window was hidden within a moment of the
// pointer leaving it or of Ctrl, Alt or Meta being pressed, as when somebody turns to another tab or window; text was pasted;
// full screen was asked for. "passive": everything else. A window that lost the keyboard but can still be seen may be under
// the list of an input method, a call or a system's question; one that was hidden without a sign of the candidate, as by a
// lock screen, a phone call or a battery warning, may have been left by nobody; and on a phone there is never a sign. So what
// can't be told is passive.

const LEAD = 1500; // milliseconds before the window is hidden in which a sign of the candidate counts
const PATIENCE = 2000; // milliseconds; the windows of input methods take the keyboard for less
const AT_ONCE = 200;
const MOST = 2000;
const LARGEST = 2 ** 31 - 1; // of a number that the server keeps: a device's clock may jump by years
const LEADING_KEYS = ["Control", "Alt", "Meta"];

export class Events {
  #journal;
  #position;
  #waiting = new Map();
  #count = 0;
  #offlineSince = null;

  /** `position` gives the number of the question on the screen. */
  constructor(journal, position) {
    this.#journal = journal;
    this.#position = position;
  }

  /** Take up what an earlier page of this device noticed and couldn't tell. */
  async recall() {
    for (const event of await this.#journal.events()) this.#waiting.set(event.key, event);
  }

  /** Note an event that happened at `at`, a Date.now(). */
  note(kind, cause, detail = {}, at = Date.now()) {
    if ((this.#count += 1) > MOST) return;
    const key = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const event = { attempt: this.#journal.attempt, key, kind, cause, at, detail: { position: this.#position(), ...detail } };
    this.#waiting.set(key, event);
    this.#journal.putEvent(event);
  }

  /** Note that the connection was lost, and when it is back for how long. */
  noteLine(line) {
    if (line === "offline" && !this.#offlineSince) {
      this.#offlineSince = Date.now();
      this.note("offline", "passive");
    } else if (line === "online" && this.#offlineSince) {
      this.note("online", "passive", { for_ms: Math.max(0, Date.now() - this.#offlineSince) });
      this.#offlineSince = null;
    }
  }

  /** The oldest that haven't been told, as the server takes them. */
  get batch() {
    const now = Date.now();
    return [...this.#waiting.values()].slice(0, AT_ONCE).map(({ kind, cause, at, key, detail }) => {
      const facts = Object.entries(detail).map(([name, value]) => [name, inBounds(value)]);
      return { kind, cause, ago_ms: inBounds(now - at), key, detail: Object.fromEntries(facts) };
    });
  }

  /** The server has these, or will never take them. */
  taken(batch) {
    const events = batch.map(({ key }) => this.#waiting.get(key)).filter(Boolean);
    for (const event of events) this.#waiting.delete(event.key);
    if (events.length) this.#journal.removeEvents(events);
  }
}

function inBounds(number) {
  return Math.min(LARGEST, Math.max(0, number));
}

/** Watches the window: note `left` and `returned`, `paste`, and full screen entered and left. */
export function watch(events) {
  new Absence(events).listen();
  addEventListener("paste", (event) => {
    if (!event.target.closest?.("textarea")) return;
    events.note("paste", "candidate", { length: event.clipboardData?.getData("text").length ?? 0 });
  });
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement) events.note("fullscreen_entered", "candidate");
    else events.note("fullscreen_left", "passive");
  });
}

class Absence {
  #sign = -Infinity;
  #left = null;
  #timer = null;

  constructor(events) {
    this.events = events;
  }

  listen() {
    const sign = () => (this.#sign = performance.now());
    document.documentElement.addEventListener("mouseleave", sign);
    addEventListener("keydown", (event) => LEADING_KEYS.includes(event.key) && sign());
    addEventListener("blur", () => this.#blurred());
    addEventListener("focus", () => this.#back());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#back();
      else this.#leave(performance.now() - this.#sign < LEAD ? "candidate" : "passive", Date.now());
    });
  }

  #blurred() {
    const at = Date.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#leave("passive", at), PATIENCE);
  }

  #leave(cause, at) {
    clearTimeout(this.#timer);
    if (this.#left) return;
    this.#left = { cause, at };
    this.events.note("left", cause, {}, at);
  }

  #back() {
    clearTimeout(this.#timer);
    if (!this.#left) return;
    const { cause, at } = this.#left;
    this.#left = null;
    this.events.note("returned", cause, { for_ms: Math.max(0, Date.now() - at) });
  }
}
