// Acts that take long, told by the server step by step while a bar moves.
const LINES = "application/x-ndjson";

/**
 * Sends a form and shows what the server says, line by line, until it says where to go or why not.
 *
 * With a `button` that has data-whole, a refusal of the act itself is shown as the whole page that the server has for
 * it, with what was typed; that nobody is signed in any more is said here, where nothing typed is lost by it.
 */
export async function send(form, root, { again = false, button = null } = {}) {
  const refused = root.querySelector("[data-refused]");
  const line = root.querySelector("[data-progress]");
  const bar = line.querySelector("progress");
  const words = line.querySelector("p");
  const buttons = form.querySelectorAll("button");
  const show = (step) => {
    if (step.said) words.textContent = step.said;
    if (step.share !== undefined) bar.value = step.share;
    else bar.removeAttribute("value");
  };
  const refuse = (text) => {
    line.hidden = true;
    refused.textContent = text;
    refused.classList.add("d-flex");
    for (const button of buttons) button.disabled = false;
  };
  const whole = button && "whole" in button.dataset;
  const file = form.querySelector("input[type=file]")?.files[0];
  if (file && file.size > Number(form.dataset.most)) return refuse(form.dataset.tooLarge);
  refused.classList.remove("d-flex");
  line.hidden = false;
  for (const button of buttons) button.disabled = true;
  try {
    // What goes wrong before the first step comes as JSON.
    const headers = { Accept: `application/json, ${LINES};q=0.9` };
    const body = new FormData(form);
    if (button?.name) body.set(button.name, button.value);
    const answer = await fetch(form.action, { method: "POST", body, headers });
    const type = answer.headers.get("Content-Type") ?? "";
    if (whole && type.startsWith("text/html")) return sendWhole(form, button);
    if (!type.startsWith(LINES)) {
      const { code, message, csrf_token: fresh } = await answer.json();
      if (fresh && !again) {
        form.elements.csrf_token.value = fresh; // signed in anew in another tab
        return send(form, root, { again: true, button });
      }
      if (answer.status === 413) return refuse(form.dataset.tooLarge);
      // These come with the protocol's own words, which are for nobody.
      if (!/^(\d+|csrf)$/.test(code)) return refuse(message);
      throw new Error(code);
    }
    for await (const step of linesOf(answer.body)) {
      if (step.error) return whole ? sendWhole(form, button) : refuse(step.error);
      if (step.location) return location.assign(step.location);
      show(step);
    }
    throw new Error("cut off");
  } catch {
    refuse(root.dataset.failed);
  }
}

/** Sends a form as without a script. */
function sendWhole(form, button) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: button.name, value: button.value });
  form.append(field);
  form.submit();
  field.remove(); // the page may be shown again as it was left
}

/** The objects of a stream of lines of JSON, as they come. */
async function* linesOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) yield JSON.parse(line);
  }
  if (rest) yield JSON.parse(rest);
}
