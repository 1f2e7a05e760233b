// The invigilator's page reads itself anew every few seconds. Rows are taken over cell by cell, so that ticks, focus and
// scroll stay where they are; a hidden page rests; and when the site can't be reached it says so and goes on trying.

const PAUSE = 4000; // ms between an answer and the next question
const JITTER = 1000; // ms, so that many open pages don't ask in step
const LONGEST_PAUSE = 30_000; // ms
const PATIENCE = 10_000; // ms until an answer that doesn't come counts as none

const live = document.querySelector("[data-live]");
const state = live.querySelector("[data-state]");
let failures = 0;
let timer;

// Ticks

const form = live.querySelector("[data-bulk]");
const all = form.querySelector("[data-all]");
const count = form.querySelector("[data-count]");
const nobody = count.textContent;
const boxes = () => [...form.querySelectorAll("[name=id]")];

function showTicks() {
  const chosen = boxes().filter((box) => box.checked).length;
  const text = chosen ? live.dataset.chosen.replace("{count}", chosen) : nobody;
  if (count.textContent !== text) count.textContent = text; // spoken, so only when it changes
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
  for (const box of boxes()) box.closest("tr").classList.toggle("is-open", box.checked);
}

all.hidden = false;
all.addEventListener("change", () => {
  for (const box of boxes()) box.checked = all.checked;
  showTicks();
});
form.addEventListener("change", showTicks);
addEventListener("pageshow", showTicks); // going back in history brings the ticks back, but no event

// Taking over what has changed

/** Puts the new content in; if the focus was on a link in it, on the same link again. */
function takeOver(old, fresh) {
  if (old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceChildren(...fresh.childNodes);
  if (focused) [...old.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

function takeOverRows(old, fresh) {
  const known = new Map([...old.rows].map((row) => [row.dataset.row, row]));
  const rows = [...fresh.rows].map((row) => {
    const here = known.get(row.dataset.row);
    if (!here) return document.importNode(row, true);
    known.delete(row.dataset.row);
    for (const cell of row.cells) {
      if (!cell.matches(".pick")) takeOver(here.cells[cell.cellIndex], cell);
    }
    return here;
  });
  for (const gone of known.values()) gone.remove();
  // A row that stands right isn't moved: moving would take the focus out of it.
  rows.forEach((row, place) => {
    if (old.rows[place] !== row) old.insertBefore(row, old.rows[place] ?? null);
  });
}

function show(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const there = new Map([...fresh.content.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  for (const part of live.querySelectorAll("[data-part]")) {
    const one = there.get(part.dataset.part);
    if (one) takeOver(part, one);
  }
  takeOverRows(form.querySelector("[data-rows]"), fresh.content.querySelector("[data-rows]"));
  form.hidden = fresh.content.querySelector("[data-bulk]").hidden;
  showTicks();
}

// Asking

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

const shownTime = () => /\d\d:\d\d:\d\d/.exec(live.querySelector("[data-part=updated]").textContent)?.[0] ?? "";

async function ask() {
  let answer;
  try {
    answer = await fetch(live.dataset.address, {
      headers: { Accept: "application/json" }, // who is signed out is told so, instead of led to another page
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) show(await answer.text());
  } catch {
    answer = undefined;
  }
  if (answer?.status === 401 || answer?.status === 403) return say(live.dataset.signedOut);
  failures = answer?.ok ? 0 : failures + 1;
  // One answer that got lost isn't worth a word.
  if (failures === 0) say("");
  else if (failures > 1) say(live.dataset.stuck.replace("{time}", shownTime()));
  wait();
}

function wait() {
  clearTimeout(timer);
  if (document.visibilityState === "hidden") return;
  timer = setTimeout(ask, Math.min(PAUSE * 2 ** failures, LONGEST_PAUSE) + Math.random() * JITTER);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (document.visibilityState === "visible") ask();
});
showTicks();
wait();
