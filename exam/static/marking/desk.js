// The marking desk with keys: digits tick key points, Shift and a digit gives a part, Enter saves and goes on. The next
// answer comes into the place of the last one without loading the page anew, so that nothing moves. What is ticked but not
// saved yet stays in this browser: a marker who was signed out loses nothing.
import { bringBack, dropDraft, keepDraft } from "./draft.js";

const KEYS_OFF = "jieye-mark-keys-off";
const OPEN = "jieye-mark-open:";
const SNIPPETS = "QWERTYUIO";
const PATIENCE = 20000; // milliseconds after which the network counts as away

let desk = null; // what stands in the page now
let busy = false;

/** "7/2" as a number: only to be shown, the server adds up exactly. */
function number(text) {
  const [above, below = "1"] = text.split("/");
  return Number(above) / Number(below);
}

function begin() {
  const form = document.querySelector("[data-desk]");
  desk = {
    form,
    points: [...form.querySelectorAll(".point")].map((row) => ({
      worth: number(row.dataset.points),
      recognised: "recognised" in row.dataset,
      tick: row.querySelector("[type=checkbox]"),
      part: row.querySelector("select"),
    })),
    keys: form.querySelector("[data-keys-switch]"),
    members: [...document.querySelectorAll(".alike [type=checkbox]")],
    snippets: [...form.querySelectorAll("[data-snippet]")],
  };
  for (const details of document.querySelectorAll("[data-stays]")) {
    const name = OPEN + details.dataset.stays;
    details.open = Boolean(localStorage.getItem(name));
    details.addEventListener("toggle", () => {
      if (details.open) localStorage.setItem(name, "1");
      else localStorage.removeItem(name);
    });
  }
  if (desk.keys) offerMarking();
}

function offerMarking() {
  const { form, points, keys } = desk;
  if (bringBack(desk, setTick, setPart)) tell("restored");
  show();
  form.querySelector("[data-keys]").hidden = false;
  document.querySelector("[data-fast]").hidden = false;
  keys.checked = !localStorage.getItem(KEYS_OFF);
  keys.addEventListener("change", () => {
    if (keys.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
  for (const point of points) {
    point.tick.addEventListener("change", () => setTick(point, point.tick.checked));
    point.part?.addEventListener("change", () => setPart(point, point.part.value));
  }
  for (const member of desk.members) member.addEventListener("change", changed);
  for (const snippet of desk.snippets) snippet.addEventListener("click", () => say(snippet));
  document.querySelector("[data-all]").addEventListener("click", () => tickWhere(() => true));
  document.querySelector("[data-found]").addEventListener("click", () => tickWhere((point) => point.recognised));
  form.addEventListener("input", changed);
  form.addEventListener("change", changed); // after the rows' own listeners, which tie tick and part together
}

/** One state at a time: what was saved last, what was brought back, or that the network is away. */
function tell(state) {
  for (const one of ["last", "restored", "unsent"]) {
    const line = document.querySelector(`[data-${one}]`);
    if (line) line.hidden = one !== state;
  }
}

// Points

function given(point) {
  if (point.part?.value) return number(point.part.value);
  return point.tick.checked ? point.worth : 0;
}

function show() {
  const { form, points, members } = desk;
  const sum = points.reduce((total, point) => total + given(point), 0) * number(form.dataset.factor);
  form.querySelector("[data-total]").textContent = String(Math.floor(sum * 10 + 1e-6) / 10);
  for (const point of points) point.tick.classList.toggle("half", Boolean(point.part?.value));
  const together = members.filter((one) => one.checked).reduce((all, one) => all + Number(one.dataset.number), 1);
  const told = form.querySelector("[data-number]");
  if (told) told.textContent = String(together);
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

function tickWhere(wanted) {
  for (const point of desk.points) setTick(point, wanted(point));
  changed();
}

function changed() {
  if (!desk) return; // a field that goes away with its answer tells of its last change
  show();
  keepDraft(desk);
}

/** Puts a kept comment behind what is written, or takes it out again. */
function say(snippet) {
  const comment = desk.form.elements.comment;
  const text = snippet.title;
  const lines = comment.value.split("\n").filter((line) => line.trim());
  comment.value = comment.value.includes(text)
    ? comment.value.replace(text, "").replace(/\n{2,}/g, "\n").trim()
    : [...lines, text].join("\n").slice(0, comment.maxLength);
  changed();
}

// Members of the group

function focusMember(step) {
  const { members } = desk;
  const here = members.indexOf(document.activeElement);
  members[here < 0 ? (step > 0 ? 0 : members.length - 1) : (here + step + members.length) % members.length]?.focus();
}

function toggleMember() {
  const member = desk.members.includes(document.activeElement) ? document.activeElement : desk.members[0];
  if (!member) return;
  member.focus();
  member.checked = !member.checked;
  changed();
}

// Keys

const typing = (element) => element.matches("textarea, select, input:not([type=checkbox])");
const acting = (element) => element.matches("a, button, summary");

const LETTERS = {
  A: () => tickWhere(() => true),
  P: () => tickWhere((point) => point.recognised),
  C: () => desk.form.elements.comment.focus(),
  J: () => focusMember(1),
  K: () => focusMember(-1),
  X: toggleMember,
  S: () => click("button[name=again]"),
  Z: () => click("[data-undo] button"),
  N: () => click("[data-next]"),
};

function click(wanted) {
  document.querySelector(wanted)?.click();
}

function onKey(event) {
  if (!desk?.keys || busy) return;
  if (event.key === "Enter" && typing(event.target) && (event.ctrlKey || event.metaKey)) return save(event);
  if (!desk.keys.checked || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]; // by place, so that a Chinese input method is no hindrance
  if (digit) pressDigit(digit, event.shiftKey);
  else if (letter && LETTERS[letter] && !event.repeat) LETTERS[letter]();
  else if (letter && SNIPPETS.includes(letter)) {
    const snippet = desk.snippets[SNIPPETS.indexOf(letter)];
    if (snippet) say(snippet);
  } else if (event.key === "Enter" && !acting(event.target)) return save(event);
  else return;
  event.preventDefault();
}

function pressDigit(digit, shifted) {
  const point = desk.points[digit - 1];
  if (digit === "0") desk.points.forEach((one) => setTick(one, false));
  else if (point && shifted) nextPart(point);
  else if (point) setTick(point, !point.tick.checked || Boolean(point.part?.value));
  changed();
}

/** A held Enter is meant for one answer: the next one must not take it for its own. */
function save(event) {
  event.preventDefault();
  if (!event.repeat) desk.form.requestSubmit(desk.form.querySelector("[data-save]"));
}

// Going on without loading the page

async function go(address, request, fallBack) {
  if (busy) return;
  busy = true;
  const left = request.method === "POST" && desk.form.action === address ? location.pathname : null;
  const [response, next] = await ask(address, request);
  busy = false;
  if (!response) tell("unsent");
  else if (response.url.includes("/sign-in")) location.reload(); // and back here afterwards, to what was ticked
  else {
    if (left && response.redirected) dropDraft(left);
    if (next.querySelector("[data-desk]")) take(next, response);
    else if (response.ok) location.assign(response.url);
    else fallBack(); // the site's own page says why
  }
}

async function ask(address, request) {
  try {
    const response = await fetch(address, { ...request, signal: AbortSignal.timeout(PATIENCE) });
    return [response, new DOMParser().parseFromString(await response.text(), "text/html")];
  } catch {
    return [null, null];
  }
}

function take(next, response) {
  if (response.redirected) history.pushState(null, "", response.url);
  const main = document.getElementById("main");
  const side = main.querySelector(".desk-side")?.scrollTop ?? 0;
  desk = null;
  document.title = next.title;
  document.querySelector(".rolenav")?.replaceWith(next.querySelector(".rolenav"));
  main.replaceChildren(...next.getElementById("main").childNodes);
  begin();
  main.querySelector(".desk-side").scrollTop = side;
  scrollTo(0, 0);
  main.querySelector("[data-answer]").focus({ preventScroll: true });
}

function onSubmit(event) {
  const form = event.target;
  if (!("go" in form.dataset)) return;
  event.preventDefault();
  const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const body = new URLSearchParams(new FormData(form));
  if (event.submitter?.name) body.append(event.submitter.name, event.submitter.value);
  go(new URL(action, location.href).href, { method: "POST", body }, () => {
    if (event.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
    form.action = action;
    form.submit();
  });
}

function onClick(event) {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.href, { method: "GET" }, () => location.assign(link.href));
}

begin();
addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);
addEventListener("popstate", () => location.reload());
