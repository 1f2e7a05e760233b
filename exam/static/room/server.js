// Talking with the server: JSON both ways, and a plain difference between "it said no" and "it didn't answer".

import { facts } from "./words.js";

const PATIENCE = 10_000; // milliseconds until an answer that doesn't come counts as none

let token = facts.csrf_token;

/** There was no answer, or the server is in trouble: worth trying again, not before `retryAfter` milliseconds. */
export class NoAnswer extends Error {
  constructor(reached, retryAfter = 0) {
    super(reached ? "the server is in trouble" : "the server can't be reached");
    this.reached = reached;
    this.retryAfter = retryAfter;
  }
}

/**
 * Ask for `path` under the attempt's own address. Gives {status, data, remaining}; throws NoAnswer.
 *
 * `remaining` is {ms, at}: the time left as the server told it, and the moment by this page's own clock it was meant for.
 */
export async function call(method, path, body) {
  const answer = await ask(method, path, body);
  // Somebody has signed in anew: the refusal brought a token that fits, and nothing else stands in the way.
  return answer.data.code === "csrf" ? ask(method, path, body) : answer;
}

async function ask(method, path, body) {
  const asked = performance.now();
  let response, data;
  try {
    response = await fetch(`${facts.page_url}/${path}`, {
      method,
      keepalive: document.visibilityState === "hidden", // the page may be going away with the answer just written
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    data = await response.json();
  } catch {
    throw new NoAnswer(Boolean(response), retryAfter(response));
  }
  if (response.status >= 500 || response.status === 429) throw new NoAnswer(true, retryAfter(response));
  if (data.csrf_token) token = data.csrf_token;
  const remaining = "remaining_ms" in data ? { ms: data.remaining_ms, at: (asked + performance.now()) / 2 } : null;
  return { status: response.status, data, remaining };
}

function retryAfter(response) {
  const seconds = Number(response?.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
