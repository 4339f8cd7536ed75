// What every page has: the token of the session in every change that a script sends, and a line that tells what happened.

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

document.body.addEventListener("htmx:configRequest", (event) => {
  if (csrf) event.detail.headers["X-CSRF-Token"] = csrf;
  if (!event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-By-Itself"] = "1"; // does not keep a session alive
});
document.body.addEventListener("htmx:responseError", (event) => tell(faultIn(event.detail.xhr.responseText), "error"));
document.body.addEventListener("htmx:sendError", () => tell(navigator.onLine ? "…" : "offline", "error"));

/** Shows one line to everybody, also to those who listen to the screen. kind: "" or "error". */
export function tell(text, kind = "") {
  const line = document.getElementById("told");
  line.className = kind;
  line.textContent = text;
}

/** Sends a change as JSON. Returns what came back; an answer that is a fault is told and thrown. */
export async function send(method, url, body) {
  const headers = { "X-CSRF-Token": csrf, Accept: "application/json", "X-Requested-With": "inspector" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) {
    const told = faultIn(text);
    tell(told, "error");
    throw Object.assign(new Error(told), { status: answer.status });
  }
  return text ? JSON.parse(text) : null;
}

function faultIn(text) {
  try {
    const { message, remedy } = JSON.parse(text).error;
    return remedy ? `${message} → ${remedy}` : message;
  } catch {
    return text.slice(0, 200);
  }
}
