// Talking with the server: JSON both ways, and a plain difference between "it said no" and "it didn't answer".

import { facts } from "./words.js";

const PATIENCE = 10_000; // milliseconds until an answer that doesn't come counts as none
const LONGEST_WISH = 60_000; // milliseconds: a server that asks for more rest than this is asked once a minute
const KEEPALIVE = 16_000; // characters, up to four bytes each: browsers refuse larger bodies that outlive their page

let token = facts.csrf_token;

/** There was no answer, or the server is in trouble: worth trying again, not before `retryAfter` milliseconds. `data` is what it said. */
export class NoAnswer extends Error {
  constructor(reached, retryAfter = 0, data = null) {
    super(reached ? "the server is in trouble" : "the server can't be reached");
    this.reached = reached;
    this.retryAfter = retryAfter;
    this.data = data;
  }
}

/**
 * Ask for `path` under the attempt's own address. Gives {status, data, remaining}; throws NoAnswer.
 *
 * `remaining` is {ms, at}: the time left as the server told it, and the moment by this page's own clock it was meant for.
 */
export function call(method, path, body) {
  return callAt(method, `${facts.page_url}/${path}`, body);
}

/** The same for any address of the site. */
export async function callAt(method, address, body) {
  const answer = await ask(method, address, body);
  if (answer.data.code !== "csrf") return answer;
  // Somebody has signed in anew: the refusal brought a token that fits, and nothing else stands in the way.
  const again = await ask(method, address, body);
  if (again.data.code === "csrf") throw new NoAnswer(true);
  return again;
}

async function ask(method, address, body) {
  const asked = performance.now();
  const text = JSON.stringify(body);
  let response, data;
  try {
    response = await fetch(address, {
      method,
      // The page may be going away with the answer just written.
      keepalive: document.visibilityState === "hidden" && text.length < KEEPALIVE,
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: text,
      signal: AbortSignal.timeout(PATIENCE),
    });
    data = await response.json();
    if (!isObject(data)) throw new TypeError("nothing of ours: a gateway, perhaps");
  } catch {
    throw new NoAnswer(Boolean(response), retryAfter(response));
  }
  if (response.status >= 500 || response.status === 429) throw new NoAnswer(true, retryAfter(response), data);
  if (data.csrf_token) token = data.csrf_token;
  const remaining = "remaining_ms" in data ? { ms: data.remaining_ms, at: (asked + performance.now()) / 2 } : null;
  return { status: response.status, data, remaining };
}

function isObject(data) {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function retryAfter(response) {
  const seconds = Number(response?.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(LONGEST_WISH, seconds * 1000) : 0;
}
