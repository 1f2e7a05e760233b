// The marking desk with keys: digits tick key points, Shift and a digit gives a part, Enter saves and goes on. What is
// ticked but not saved yet stays in this browser, so that a marker who was signed out loses nothing.

const DRAFTS = "jieye-mark:";
const DRAFT_DAYS = 2;
const KEYS_OFF = "jieye-mark-keys-off";

const form = document.querySelector("[data-desk]");
const points = [...form.querySelectorAll(".point")].map((row) => ({
  worth: number(row.dataset.points),
  tick: row.querySelector("[type=checkbox]"),
  part: row.querySelector("select"),
}));

/** "7/2" as a number: only to be shown, the server adds up exactly. */
function number(text) {
  const [above, below = "1"] = text.split("/");
  return Number(above) / Number(below);
}

function given(point) {
  if (point.part?.value) return number(point.part.value);
  return point.tick.checked ? point.worth : 0;
}

function show() {
  const sum = points.reduce((total, point) => total + given(point), 0) * number(form.dataset.factor);
  form.querySelector("[data-total]").textContent = String(Math.floor(sum * 10 + 1e-6) / 10);
  for (const point of points) point.tick.classList.toggle("half", Boolean(point.part?.value));
}

function setTick(point, ticked) {
  point.tick.checked = ticked;
  if (point.part) point.part.value = "";
}

function setPart(point, value) {
  point.part.value = value;
  if (value) point.tick.checked = false;
}

function nextPart(point) {
  if (!point.part) return;
  const values = [...point.part.options].map((option) => option.value);
  setPart(point, values[(values.indexOf(point.part.value) + 1) % values.length]);
}

// Drafts

const draftName = DRAFTS + location.pathname;

function keepDraft() {
  const draft = {
    at: Date.now(),
    mark: form.dataset.mark,
    points: points.map((point) => [point.tick.checked, point.part?.value ?? ""]),
    comment: form.elements.comment.value,
    reason: form.elements.reason?.value ?? "",
  };
  localStorage.setItem(draftName, JSON.stringify(draft));
}

/** Brings back what was typed here, unless the answer has been marked since. */
function bringBack() {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(DRAFTS))) {
    const draft = JSON.parse(localStorage.getItem(name));
    const stale = Date.now() - draft.at > DRAFT_DAYS * 24 * 3600 * 1000;
    if (stale || (name === draftName && draft.mark !== form.dataset.mark)) localStorage.removeItem(name);
  }
  const draft = JSON.parse(localStorage.getItem(draftName) ?? "null");
  if (!draft || draft.points.length !== points.length) return;
  draft.points.forEach(([ticked, part], index) => {
    setTick(points[index], ticked);
    if (part) setPart(points[index], part);
  });
  form.elements.comment.value = draft.comment;
  if (form.elements.reason) form.elements.reason.value = draft.reason;
  document.querySelector("[data-restored]").hidden = false;
}

// Keys

const keySwitch = form.querySelector("[data-keys-switch]");
const typing = (element) => element.matches("textarea, select, input:not([type=checkbox])");
const acting = (element) => element.matches("a, button, summary");

function onKey(event) {
  if (event.key === "Enter" && typing(event.target) && (event.ctrlKey || event.metaKey)) return save(event);
  if (!keySwitch.checked || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  if (digit === "0") points.forEach((point) => setTick(point, false));
  else if (digit && points[digit - 1]) press(points[digit - 1], event.shiftKey);
  else if (event.key.toLowerCase() === "c") form.elements.comment.focus();
  else if (event.key === "Enter" && !acting(event.target)) return save(event);
  else return;
  event.preventDefault();
  changed();
}

function press(point, shifted) {
  if (shifted) nextPart(point);
  else setTick(point, !point.tick.checked || Boolean(point.part?.value));
}

/** A held Enter is meant for one answer: the next page must not take it for its own. */
function save(event) {
  event.preventDefault();
  if (!event.repeat) form.requestSubmit();
}

function changed() {
  show();
  keepDraft();
}

if (keySwitch) {
  bringBack();
  show();
  form.querySelector("[data-keys]").hidden = false;
  keySwitch.checked = !localStorage.getItem(KEYS_OFF);
  keySwitch.addEventListener("change", () => {
    if (keySwitch.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
  for (const point of points) {
    point.tick.addEventListener("change", () => setTick(point, point.tick.checked));
    point.part?.addEventListener("change", () => setPart(point, point.part.value));
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed); // after the rows' own listeners, which tie tick and part together
  addEventListener("keydown", onKey);
}
