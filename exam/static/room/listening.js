// What the candidate, the window and the network do, each led to the part of the room that answers it.

import { watch } from "./events.js";
import { listenForKeys } from "./keys.js";
import { find, findAll, root } from "./root.js";

/** Listen for the whole life of the page. */
export function listen(room) {
  listenToButtons(room);
  listenForKeys(find("keys-help"), {
    turn: (by) => room.turn(by),
    flag: () => room.flag(),
    choose: (index) => room.isAtQuestion && room.stage.shown.choose(index),
  });
  watch(room.events);
  listenToAddress(room);
  listenToWindow(room);
}

function listenToButtons(room) {
  find("previous").addEventListener("click", () => room.turn(-1));
  find("next").addEventListener("click", () => room.turn(1));
  find("flag").addEventListener("click", () => room.flag());
  for (const button of findAll("to-summary")) button.addEventListener("click", () => room.closing.toSummary());
  for (const button of findAll("take-over")) button.addEventListener("click", () => room.open({ takeOver: true }));
  for (const button of findAll("ask-sign-in")) button.addEventListener("click", () => room.signIn.ask());
}

function listenToAddress(room) {
  // At once, not when the address has changed: the next key may follow right away.
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#q']");
    if (link && room.goTo(link.hash)) event.preventDefault();
  });
  addEventListener("hashchange", () => room.goTo(location.hash));
}

function listenToWindow(room) {
  addEventListener("online", () => room.ended || room.contact.ask());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") for (const question of room.questions) question.flush();
    if (!room.ended) room.contact.ask();
  });
  addEventListener("pagehide", () => {
    for (const question of room.questions) question.flush({ last: true });
  });
  setInterval(() => room.clock.slept && !room.ended && room.contact.ask(), 1000);
  addEventListener("beforeunload", (event) => {
    if (room.saver.waiting && !room.ended) event.preventDefault();
  });
}
