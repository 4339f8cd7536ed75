// Asks for what changes every few seconds, while somebody looks: a page that was left open must not keep its session.

const EVERY_MS = 5000;
const LOOKS_FOR_MS = 15 * 60 * 1000;
let touchedAt = Date.now();

function refresh() {
  const part = document.querySelector("[data-live]");
  const seen = document.visibilityState === "visible" && Date.now() - touchedAt < LOOKS_FOR_MS;
  if (part && seen) window.htmx?.trigger(part, "refresh");
}

for (const kind of ["pointermove", "keydown", "scroll", "touchstart"]) {
  document.addEventListener(kind, () => (touchedAt = Date.now()), { passive: true });
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);

const all = document.querySelector("[data-tick-all]");
all?.addEventListener("change", () => {
  for (const box of all.form.querySelectorAll('input[name="call_id"]')) box.checked = all.checked;
});
