// What is ticked and written at the desk but not saved yet, kept in this browser under the answer's address.

const DRAFTS = "jieye-mark:";
const DRAFT_DAYS = 2;

export function keepDraft(desk) {
  const draft = {
    at: Date.now(),
    mark: desk.form.dataset.mark,
    marker: desk.form.dataset.marker,
    points: desk.points.map((point) => [point.tick.checked, point.part?.value ?? ""]),
    comment: desk.form.elements.comment.value,
    reason: desk.form.elements.reason?.value ?? "",
    out: desk.members.filter((one) => !one.checked).flatMap((one) => one.value.split(",")),
  };
  localStorage.setItem(DRAFTS + location.pathname, JSON.stringify(draft));
}

export function dropDraft(path) {
  localStorage.removeItem(DRAFTS + path);
}

/**
 * Brings back what was typed here, unless the answer has been marked since or somebody else sits here now: a second
 * marker doesn't see the first. Gives whether there was anything.
 */
export function bringBack(desk, setTick, setPart) {
  const own = DRAFTS + location.pathname;
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(DRAFTS))) {
    const draft = JSON.parse(localStorage.getItem(name));
    const stale = Date.now() - draft.at > DRAFT_DAYS * 24 * 3600 * 1000;
    const other = draft.mark !== desk.form.dataset.mark || draft.marker !== desk.form.dataset.marker;
    if (stale || (name === own && other)) localStorage.removeItem(name);
  }
  const draft = JSON.parse(localStorage.getItem(own) ?? "null");
  if (!draft || draft.points.length !== desk.points.length) return false;
  draft.points.forEach(([ticked, part], index) => {
    setTick(desk.points[index], ticked);
    if (part) setPart(desk.points[index], part);
  });
  desk.form.elements.comment.value = draft.comment;
  if (desk.form.elements.reason) desk.form.elements.reason.value = draft.reason;
  for (const member of desk.members) {
    if (member.value.split(",").some((name) => draft.out?.includes(name))) member.checked = false;
  }
  return true;
}
