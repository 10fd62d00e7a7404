// Sends requests to the gateway. Every URL is relative, so a reverse proxy may serve the page under any path.

export class Refused extends Error {
  constructor(status, text, retryAfter) {
    super(text);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const session = { onlogout: () => {} };

// A browser sends at most 64 KiB for a page that is being closed.
const MAX_KEPT = 60_000;

export async function call(method, path, body, signal, isKept = false) {
  const init = { method, signal, credentials: "same-origin", headers: {} };
  if (method !== "GET") {
    init.headers["X-Tsp"] = "1";
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body ?? {});
    init.keepalive = isKept && init.body.length < MAX_KEPT;
  }
  let reply;
  try {
    reply = await fetch(`api/${path}`, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "The gateway cannot be reached.");
  }
  if (reply.status === 204) return null;
  let json = {};
  try { json = await reply.json(); } catch { /* An error from a proxy is not JSON. */ }
  if (reply.ok) return json;
  if (reply.status === 401 && path !== "session") session.onlogout();
  throw new Refused(reply.status, json.error ?? `The gateway answered ${reply.status}.`, Number(reply.headers.get("Retry-After")) || 0);
}

export const get = (path, signal) => call("GET", path, undefined, signal);
export const post = (path, body) => call("POST", path, body);
// With isKept, the request is finished even if the page is closed.
export const put = (path, body, isKept) => call("PUT", path, body, undefined, isKept);
export const remove = path => call("DELETE", path);
export const query = values => Object.entries(values).filter(([, value]) => value !== undefined && value !== "")
  .map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
