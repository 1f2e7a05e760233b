// What the server hasn't acknowledged yet, kept on this device: it survives a reload, a crash and an empty battery.

import { done, Hangs, opened, transact } from "./storage.js";

const NAME = "jieye-room";
const VERSION = 2;
const ANSWERS = "answers";
const EVENTS = "events";
const STORES = { [ANSWERS]: ["attempt", "epoch", "position"], [EVENTS]: ["attempt", "key"] };
const KEEP = 30 * 24 * 3600 * 1000; // an entry nobody came back for
const REST = 10_000; // milliseconds that storage is left alone after it has hung: only the first wait is in anybody's way

/** Opens the journal of one attempt. Where the browser refuses storage it lasts as long as the page: see `durable`. */
export async function openJournal(attempt) {
  const journal = new Journal(attempt);
  await journal.open();
  return journal;
}

/**
 * Answers are {attempt, epoch, position, number, response, written, left, heard}; of one page and question only the latest
 * matters. Events are {attempt, key, kind, cause, at, detail}.
 *
 * The memory holds what this page has written and knows to be waiting; the database follows it. When a write fails (a full
 * disk, storage cleared meanwhile) the next one opens the database anew and writes everything again. Storage that hangs has
 * failed too, and is tried again after a rest.
 */
class Journal {
  #memory = { [ANSWERS]: new Map(), [EVENTS]: new Map() };
  #database = null;
  #failed = false;
  #resting = null;

  constructor(attempt) {
    this.attempt = attempt;
  }

  async open() {
    await this.#try([], () => {});
    this.#try([ANSWERS, EVENTS], forgetOld); // nobody waits for that
  }

  /** Whether what is written here outlives the page. */
  get durable() {
    return !this.#failed;
  }

  /** Whether storage has just hung: what it holds may be read later. */
  get hangs() {
    return this.#resting !== null;
  }

  async put(entry) {
    await this.#put(ANSWERS, entry);
  }

  async putEvent(event) {
    await this.#put(EVENTS, event);
  }

  /** Forget an answer that the server has; a newer one of the same page and question stays. */
  async remove(entry) {
    const memory = this.#memory[ANSWERS];
    if (memory.get(key(ANSWERS, entry))?.number === entry.number) memory.delete(key(ANSWERS, entry));
    await this.#try([ANSWERS], async (store) => {
      const kept = await done(store(ANSWERS).get(path(ANSWERS, entry)));
      if (kept?.number === entry.number) await done(store(ANSWERS).delete(path(ANSWERS, entry)));
    });
  }

  async removeEvents(events) {
    for (const event of events) this.#memory[EVENTS].delete(key(EVENTS, event));
    await this.#try([EVENTS], (store) => Promise.all(events.map((event) => done(store(EVENTS).delete(path(EVENTS, event))))));
  }

  /** Every answer of this attempt that may be waiting, in the order it was written. */
  async all() {
    const entries = await this.#all(ANSWERS);
    return entries.sort((one, other) => one.epoch - other.epoch || one.number - other.number);
  }

  /** Every event of this attempt that may be waiting. */
  async events() {
    return this.#all(EVENTS);
  }

  async #put(name, entry) {
    this.#memory[name].set(key(name, entry), entry);
    await this.#try([name], (store) => done(store(name).put(entry)), { writes: true });
  }

  /** What the database has, and what only the memory could keep; of both the newer. */
  async #all(name) {
    const found = new Map();
    await this.#try([name], async (store) => {
      const kept = await done(store(name).getAll(IDBKeyRange.bound([this.attempt], [this.attempt, []])));
      for (const entry of kept) found.set(key(name, entry), entry);
    });
    for (const [at, entry] of this.#memory[name]) if (!(found.get(at)?.number > entry.number)) found.set(at, entry);
    return [...found.values()];
  }

  /** Do it in the database, if need be once more with a fresh connection; if that fails too, the memory goes on alone. */
  async #try(stores, work, { writes = false } = {}) {
    for (let tries = 0; tries < 2 && !this.hangs; tries += 1) {
      try {
        const database = await this.#connected();
        if (stores.length) await transact(database, stores, "readwrite", work);
        if (writes) this.#failed = false; // a full disk still reads and deletes
        return;
      } catch (error) {
        this.#database?.close();
        this.#database = null;
        if (error instanceof Hangs) this.#rest();
      }
    }
    this.#failed = true;
  }

  /** Leave storage alone for a while; then write again what waits, without waiting for the next change. */
  #rest() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = null;
      this.#try([], () => {});
    }, REST);
  }

  async #connected() {
    if (this.#database) return this.#database;
    const database = await opened(NAME, VERSION, make);
    // Storage cleared under us: write again what waits, at once and not only with the next change.
    database.onclose = () => {
      this.#database = null;
      this.#try([], () => {});
    };
    database.onversionchange = () => database.close();
    if (this.#memory[ANSWERS].size + this.#memory[EVENTS].size) {
      await transact(database, [ANSWERS, EVENTS], "readwrite", async (store) => {
        for (const name of [ANSWERS, EVENTS]) for (const entry of this.#memory[name].values()) await done(store(name).put(entry));
      });
      this.#failed = false;
    }
    this.#database = database;
    return database;
  }
}

function path(name, entry) {
  return STORES[name].map((part) => entry[part]);
}

function key(name, entry) {
  return path(name, entry).join();
}

function make(database) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    if (!database.objectStoreNames.contains(name)) database.createObjectStore(name, { keyPath });
  }
}

async function forgetOld(store) {
  for (const name of [ANSWERS, EVENTS]) {
    for (const entry of await done(store(name).getAll())) {
      if ((entry.written ?? entry.at) < Date.now() - KEEP) await done(store(name).delete(path(name, entry)));
    }
  }
}
