// Which page this is: a name of its own, so that a reload isn't taken for another device.

const NAME = "jieye-room-page";
const A_MOMENT = 300; // milliseconds: a page being reloaded may still hold its name

/** The name that this tab keeps over reloads; a tab that was duplicated gets a new one, for it is another page. */
export async function pageName() {
  const fresh = freshName();
  try {
    const kept = sessionStorage.getItem(NAME);
    const name = kept && (await isMine(kept)) ? kept : fresh;
    if (name === fresh) await isMine(fresh);
    sessionStorage.setItem(NAME, name);
    return name;
  } catch {
    return fresh;
  }
}

/** A name that nothing else goes by. */
export function freshName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether no other page of this browser goes by that name now; from here on this page does, as long as it is open. */
function isMine(name) {
  if (!navigator.locks) return true; // without https browsers have no locks
  return new Promise((resolve) => {
    const hold = () => new Promise(() => resolve(true));
    const signal = AbortSignal.timeout(A_MOMENT);
    navigator.locks.request(`${NAME}-${name}`, { signal }, hold).catch(() => resolve(false));
  });
}
