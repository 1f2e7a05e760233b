// What the server hasn't acknowledged yet, kept on this device: it survives a reload, a crash and an empty battery.

const STORE = "answers";
const KEEP = 30 * 24 * 3600 * 1000; // an entry nobody came back for

/** Opens the journal of one attempt. Where the browser refuses storage it lasts as long as the page: see `durable`. */
export async function openJournal(attempt) {
  try {
    const database = await opened();
    await forgetOld(database);
    return new Journal(attempt, database);
  } catch {
    return new Journal(attempt, null);
  }
}

/** Entries are {attempt, epoch, position, number, response, written}; of one page and question only the latest matters. */
class Journal {
  #memory = new Map();
  #database;

  constructor(attempt, database) {
    this.attempt = attempt;
    this.#database = database;
  }

  /** Whether what is written here outlives the page. */
  get durable() {
    return this.#database !== null;
  }

  async put(entry) {
    this.#memory.set(key(entry).join(), entry);
    await this.#try((store) => store.put(entry));
  }

  /** Forget an entry that the server has; a newer one of the same question stays. */
  async remove(entry) {
    if (this.#memory.get(key(entry).join())?.number === entry.number) this.#memory.delete(key(entry).join());
    await this.#try(async (store) => {
      const kept = await done(store.get(key(entry)));
      if (kept?.number === entry.number) store.delete(key(entry));
    });
  }

  /** Everything of this attempt, in the order it was written. */
  async all() {
    let entries = [...this.#memory.values()];
    await this.#try(async (store) => {
      entries = await done(store.getAll(IDBKeyRange.bound([this.attempt], [this.attempt, []])));
    }, "readonly");
    return entries.sort((one, other) => one.epoch - other.epoch || one.number - other.number);
  }

  async #try(work, mode = "readwrite") {
    if (!this.#database) return;
    try {
      const transaction = this.#database.transaction(STORE, mode);
      const finished = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
      await Promise.all([work(transaction.objectStore(STORE)), finished]);
    } catch {
      this.#database = null; // a full disk, or storage cleared under us: the memory goes on, and `durable` says so
    }
  }
}

function key(entry) {
  return [entry.attempt, entry.epoch, entry.position];
}

function opened() {
  const request = indexedDB.open("jieye-room", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: ["attempt", "epoch", "position"] });
  };
  return done(request);
}

async function forgetOld(database) {
  const store = database.transaction(STORE, "readwrite").objectStore(STORE);
  for (const entry of await done(store.getAll())) if (entry.written < Date.now() - KEEP) store.delete(key(entry));
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}
