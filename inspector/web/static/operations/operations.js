// Asks for what changes every few seconds, while somebody can see it.

const EVERY_MS = 5000;

function refresh() {
  const part = document.querySelector("[data-live]");
  if (part && document.visibilityState === "visible") window.htmx?.trigger(part, "refresh");
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);

const all = document.querySelector("[data-tick-all]");
all?.addEventListener("change", () => {
  for (const box of all.form.querySelectorAll('input[name="call_id"]')) box.checked = all.checked;
});
