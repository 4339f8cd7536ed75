// Asks the server about one review, and goes on after somebody signed in again in another tab.

const meta = document.querySelector('meta[name="csrf"]');

/** Returns what came back; a fault is thrown with its `status` (0: no connection) and the server's words. */
export async function ask(method, url, body, keepalive = false) {
  const headers = { "X-CSRF-Token": meta?.content ?? "", Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, { method, headers, keepalive, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw Object.assign(new Error("offline"), { status: 0 });
  }
  const text = await answer.text();
  if (answer.ok) return text ? JSON.parse(text) : null;
  throw Object.assign(new Error(faultIn(text)), { status: answer.status });
}

/** The token of whoever is signed in now, for every form of the page. */
export function signedIn(token) {
  if (!meta || !token) return;
  meta.content = token;
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = token;
}

function faultIn(text) {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return text.slice(0, 200);
  }
}
