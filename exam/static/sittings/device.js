// Looks whether this device will do: the network answers, and answers can be kept here when it doesn't.

import { keepsData } from "../room/storage.js";

/** Shows a check's outcome. */
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

const list = document.querySelector("[data-device]");
list.hidden = false;
network(list.dataset.device).then((good) => show(list.querySelector("[data-check=network]"), good));
keepsData().then((good) => {
  show(list.querySelector("[data-check=storage]"), good);
  // The start isn't blocked: whoever has no other device may start, knowing what a lost connection means here.
  const known = document.querySelector("[data-without-storage]");
  if (!good && known) known.hidden = !(known.querySelector("input").required = true);
});
