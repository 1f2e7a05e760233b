// The answers that the server hasn't acknowledged: of each page and question the latest, in memory and in the journal.

export class Waiting {
  #journal;
  #onKept;
  #entries = new Map();
  #kept = new WeakSet();
  #refused = new WeakMap();

  /** onKept() is told when the journal has an entry, or has failed to take it. */
  constructor(journal, onKept) {
    this.#journal = journal;
    this.#onKept = onKept;
  }

  /** Take up what earlier pages of this device left in the journal; what this page wrote, under `epoch`, is known. */
  async recall(epoch) {
    for (const entry of await this.#journal.all()) {
      if (entry.epoch === epoch || this.#entries.has(key(entry))) continue;
      this.#entries.set(key(entry), entry);
      if (this.#journal.durable) this.#kept.add(entry);
    }
  }

  get all() {
    return [...this.#entries.values()];
  }

  at(position) {
    return this.all.filter((entry) => entry.position === position);
  }

  /** Those that are sent by themselves, in the order they were written: all but the refused. */
  get sendable() {
    const entries = this.all.filter((entry) => !this.#refused.has(entry));
    return entries.sort((one, other) => one.epoch - other.epoch || one.number - other.number);
  }

  /** Whether nothing newer of the same page and question waits. */
  isNewest(entry) {
    return this.#entries.get(key(entry)) === entry;
  }

  /** Have it wait. An earlier one of the same page and question gives way to it, in the journal in the same moment. */
  add(entry) {
    this.#entries.set(key(entry), entry);
    this.#journal.put(entry).then(() => {
      if (this.#journal.durable) this.#kept.add(entry);
      this.#onKept();
    });
  }

  /** The server has it, so it and whatever it was saved instead of can be forgotten. Nobody waits for the journal to do so. */
  delivered(entry) {
    const { position, epoch, number } = entry;
    const settled = this.at(position).filter((other) => {
      const instead = this.#refused.get(other)?.instead;
      return instead?.epoch === epoch && instead.number <= number;
    });
    for (const one of [entry, ...settled]) {
      if (this.isNewest(one)) this.#entries.delete(key(one));
      this.#journal.remove(one);
    }
  }

  /** Whether everything that waits at this question outlives the page. */
  isKept(position) {
    return this.at(position).every((entry) => this.#kept.has(entry));
  }

  // What the server has refused. It stays here and in the journal until another has been delivered in its place.

  refuse(entry, why) {
    this.#refused.set(entry, { why });
  }

  /** The next opening of the room, or what has become of the server, may make a difference: all are sent again. */
  forgive() {
    this.#refused = new WeakMap();
  }

  /** What was refused at this question, unless another is on its way instead: {response, why}. */
  refusedAt(position) {
    const entry = this.at(position).find((one) => this.#isStuck(one));
    return entry && { response: entry.response, why: this.#refused.get(entry).why };
  }

  /** What comes under this number or a later one of that page is meant instead of all that was refused here. */
  replaceAt(position, { epoch, number }) {
    for (const entry of this.at(position)) {
      if (this.#isStuck(entry)) this.#refused.get(entry).instead = { epoch, number };
    }
  }

  /** The questions with something refused that the candidate has to decide on, in their order. */
  get stuck() {
    const positions = this.all.filter((entry) => this.#isStuck(entry)).map((entry) => entry.position);
    return [...new Set(positions)].sort((one, other) => one - other);
  }

  #isStuck(entry) {
    const refused = this.#refused.get(entry);
    return Boolean(refused && !refused.instead);
  }
}

function key(entry) {
  return `${entry.epoch}/${entry.position}`;
}
