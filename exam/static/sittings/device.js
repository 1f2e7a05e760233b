// Looks whether this device will do: the network answers, and answers can be kept here when it doesn't.

const NAME = "jieye-device-check";

/** Shows a check's outcome: `good` is null while it isn't known. */
function show(line, good) {
  line.querySelector("[data-pending]").hidden = true;
  line.querySelector(good ? "[data-good]" : "[data-bad]").hidden = false;
}

async function network(address) {
  try {
    return (await fetch(address, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function storage() {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onerror = () => resolve(false);
      request.onsuccess = () => {
        request.result.close();
        indexedDB.deleteDatabase(NAME);
        resolve(true);
      };
    } catch {
      resolve(false);
    }
  });
}

const list = document.querySelector("[data-device]");
list.hidden = false;
network(list.dataset.device).then((good) => show(list.querySelector("[data-check=network]"), good));
storage().then((good) => show(list.querySelector("[data-check=storage]"), good));
