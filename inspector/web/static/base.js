// What every page has: the token of the session in every change that htmx sends, and a line that tells what happened.

document.body.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]')?.content; // of whoever is signed in now
  if (token) event.detail.headers["X-CSRF-Token"] = token;
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

function faultIn(text) {
  try {
    const { message, remedy } = JSON.parse(text).error;
    return remedy ? `${message} → ${remedy}` : message;
  } catch {
    return text.slice(0, 200);
  }
}
