// On the receipt: print it, if there is one, and deliver what this device still has of the attempt.
//
// A laptop that was offline past the deadline and is opened again leads here. What it still holds is kept as late, and the
// page is shown anew to say so.

import { openJournal } from "./journal.js";
import { Saver } from "./saver.js";
import { facts } from "./words.js";

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

const saver = new Saver(await openJournal(facts.journal), { status() {}, time() {}, refused() {}, left: () => 0 });
await saver.replay();
if (saver.late) location.reload();
