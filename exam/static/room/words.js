// What the page knows and what it says: both come from the server, in the reader's language.

const data = JSON.parse(document.getElementById("room-data").textContent);

/** The attempt, its addresses, its time, and the first token. */
export const facts = data.room;

/** The words under a key, with each {name} replaced by its value. */
export function say(key, values = {}) {
  return data.words[key].replace(/\{(\w+)\}/g, (_whole, name) => String(values[name]));
}

/** "A, C" in the reader's punctuation. */
export function listed(parts) {
  return parts.join(say("between"));
}

/** "9, 27–40": neighbours are drawn together. */
export function numbersListed(numbers) {
  const runs = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return listed(runs.flatMap(([first, last]) => (last > first + 1 ? [`${first}–${last}`] : last > first ? [first, last] : [first])));
}

/** An icon of ours and a word, as every state shows. */
export function stateMark(icon, tone, word) {
  const mark = document.createElement("span");
  mark.className = tone ? `state is-${tone}` : "state";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.firstChild.setAttribute("href", `#i-${icon}`);
  mark.append(svg, word);
  return mark;
}
