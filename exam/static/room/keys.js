// Keys: letters or digits choose, F flags, arrows turn. Not while typing or composing, and they can be turned off.

const REMEMBER = "jieye-room-keys";

/** Listens for keys while the switch is on; `act` has choose(index), flag() and turn(by), each says whether it did. */
export function listenForKeys(help, act) {
  const toggle = help.querySelector("[data-keys-switch]");
  const list = help.querySelector("[data-keys-list]");
  toggle.checked = remembered() !== "off";
  list.hidden = !toggle.checked;
  toggle.addEventListener("change", () => {
    list.hidden = !toggle.checked;
    remember(toggle.checked ? "on" : "off");
  });
  addEventListener("keydown", (event) => {
    if (!toggle.checked || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("textarea, dialog, [data-keys-switch]")) return;
    if (does(event.key, act)) event.preventDefault();
  });
}

function does(key, act) {
  if (key === "ArrowLeft") return act.turn(-1);
  if (key === "ArrowRight") return act.turn(1);
  if (/^f$/i.test(key)) return act.flag();
  if (/^[1-9]$/.test(key)) return act.choose(Number(key) - 1);
  if (/^[a-eg-t]$/i.test(key)) return act.choose(key.toUpperCase().charCodeAt(0) - 65);
  return false;
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBER);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(REMEMBER, value);
  } catch {
    // Without storage the switch holds as long as the page.
  }
}
