// The bank's list: how many questions are ticked, and keys to go through it. Without this script all of it works by hand.
import { countTicks } from "../ticks.js";

const KEYS_OFF = "jieye-bank-keys-off";

const form = document.querySelector("[data-bulk]");
if (form) {
  const everything = form.querySelector("[name=everything]");
  const acts = form.querySelector("[data-acts]");
  countTicks(form, (chosen) => {
    acts.hidden = !chosen && !everything?.checked;
  });
  // Enter in the field of the tag means to add it, not the first button of the bar.
  form.elements.tag.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[value=add_tag]"));
  });
}

// Keys

const links = [...document.querySelectorAll(".rowlink")];
const hints = document.querySelector("[data-keys]");
const keySwitch = hints?.querySelector("[data-keys-switch]");
const typing = (element) => element.matches("textarea, select, input:not([type=checkbox], [type=radio])");

/** The question that has the focus, or whose row does. */
const current = () => links.findIndex((link) => link.closest("tr").contains(document.activeElement));

function go(step) {
  const here = current();
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[next]?.focus();
}

const ACTS = {
  j: () => go(1),
  k: () => go(-1),
  e: () => links[current()]?.click(),
  x: () => links[current()]?.closest("tr").querySelector("[name=id]").click(),
  n: () => document.querySelector("[data-new]")?.click(),
  "/": () => document.getElementById("filter-q")?.focus(),
};

function onKey(event) {
  if (!keySwitch.checked || event.isComposing || event.keyCode === 229 || typing(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const act = ACTS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault(); // or the slash would stand in the field it leads to
  act();
}

if (keySwitch) {
  hints.hidden = false;
  keySwitch.checked = !localStorage.getItem(KEYS_OFF);
  keySwitch.addEventListener("change", () => {
    if (keySwitch.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
  addEventListener("keydown", onKey);
}
