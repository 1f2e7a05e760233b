// Saves each number of a judge at once, tells of it beside the field, and goes on with Enter. What could not be sent is
// tried again until it could; without this the form is saved as a whole.

const PAUSE = 5000; // milliseconds until the next try

const form = document.querySelector("[data-judging]");
const fields = [...form.querySelectorAll("[name^=share-]")];
const waiting = new Map(); // name of a field -> what is to be saved
let timer;
let sending = false;

form.querySelector("[data-keys]").hidden = false;
for (const quick of form.querySelectorAll("[data-quick]")) quick.hidden = false;

function tell(field, text, look = "") {
  const line = document.getElementById(`${field.id}-state`);
  line.textContent = text;
  line.classList.toggle("is-bad", look === "bad");
  field.classList.toggle("is-invalid", look === "bad");
}

/** The number that was typed, full-width digits too; null for anything else. */
function read(field) {
  const text = field.value.normalize("NFKC").trim().replace(/%$/, "").trim();
  return /^\d{1,3}$/.test(text) && Number(text) <= 100 ? text : null;
}

function said(field) {
  if (!field.value.trim()) {
    // a number can be changed but not unsaid: what stands comes back
    field.value = waiting.get(field.name) ?? field.dataset.said;
    if (field.classList.contains("is-invalid")) tell(field, "");
    return;
  }
  const number = read(field);
  if (number === null) {
    waiting.delete(field.name);
    tell(field, form.dataset.wrong, "bad");
    return;
  }
  field.value = number;
  waiting.set(field.name, number);
  send();
}

async function send() {
  clearTimeout(timer);
  timer = undefined;
  if (sending || !waiting.size) return;
  sending = true;
  const [name, number] = waiting.entries().next().value;
  const field = form.elements[name];
  try {
    const body = new FormData();
    for (const own of ["csrf_token", "round"]) body.set(own, form.elements[own].value);
    body.set(name, number);
    const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (told.csrf_token) form.elements.csrf_token.value = told.csrf_token;
    if (answer.ok) {
      field.dataset.said = number;
      if (waiting.get(name) === number) waiting.delete(name);
      if (read(field) === number) tell(field, form.dataset.saved.replace("{time}", told.saved_at));
      const progress = document.querySelector("[data-progress]");
      progress.textContent = progress.dataset.text.replace("{done}", told.judged).replace("{all}", form.dataset.all);
    } else if (answer.status === 401) {
      later(field, form.dataset.signedOut);
    } else if (told.code === "csrf" || answer.status >= 500) {
      later(field, form.dataset.unsaved);
    } else {
      waiting.delete(name); // refused for good: the round is closed
      tell(field, told.message, "bad");
    }
  } catch {
    later(field, form.dataset.unsaved);
  }
  sending = false;
  if (waiting.size && !timer) send();
}

function later(field, text) {
  tell(field, text);
  timer = setTimeout(() => {
    timer = undefined;
    send();
  }, PAUSE);
}

for (const [place, field] of fields.entries()) {
  field.addEventListener("change", () => said(field));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const next = fields[place + 1] ?? form.querySelector("[type=submit]");
    next.focus(); // the change of this field is told on leaving it
    next.select?.();
  });
}
form.addEventListener("click", (event) => {
  const quick = event.target.closest("[data-quick] button");
  if (!quick) return;
  const field = quick.closest(".say").querySelector("input");
  field.value = quick.value;
  said(field);
});
addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
form.addEventListener("submit", () => waiting.clear());
