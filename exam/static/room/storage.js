// Whether this browser keeps what a page gives it: asked by doing it, for some say yes and refuse when it comes to writing.

const NAME = "jieye-device-check";
const STORE = "check";
const PATIENCE = 2000; // milliseconds until storage that doesn't answer counts as refused: in some browsers it never does

/** Storage neither did what it was asked nor refused to. */
export class Hangs extends Error {}

/** Writes, reads and deletes a value of its own in IndexedDB; whether all of that went well. */
export async function keepsData() {
  try {
    const value = String(Math.random());
    const database = await opened(NAME, 1, (fresh) => fresh.createObjectStore(STORE));
    try {
      await transact(database, [STORE], "readwrite", (store) => done(store(STORE).put(value, "key")));
      let read;
      await transact(database, [STORE], "readonly", async (store) => (read = await done(store(STORE).get("key"))));
      await transact(database, [STORE], "readwrite", (store) => done(store(STORE).delete("key")));
      return read === value;
    } finally {
      database.close();
      indexedDB.deleteDatabase(NAME);
    }
  } catch {
    return false;
  }
}

/** An open database; `make(database)` brings it to this version. Rejects where the browser refuses, or Hangs. */
export async function opened(name, version, make) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => make(request.result);
  try {
    return await inTime(done(request));
  } catch (error) {
    request.onsuccess = () => request.result.close(); // nobody waits for it any more
    throw error;
  }
}

/**
 * Let `work` do something in a transaction, given a way to its stores; resolves once it is on disk. One that Hangs is not
 * taken back: it may get there yet.
 *
 * "strict": the browser answers when the disk has it, not when the system has promised to write it.
 */
export async function transact(database, stores, mode, work) {
  const transaction = database.transaction(stores, mode, { durability: "strict" });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("given up"));
  });
  await inTime(Promise.all([work((name) => transaction.objectStore(name)), finished]));
}

/** What a request gives, once it does. */
export function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error ?? new Error("blocked"));
  });
}

function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Hangs("storage doesn't answer")), PATIENCE)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
