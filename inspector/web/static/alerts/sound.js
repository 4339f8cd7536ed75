// A sound every five seconds while a P0 waits that is not muted. The wish for it and what is muted outlive the page. A
// browser wants a gesture first: until then the page says that there is no sound.

const EVERY_MS = 5000;
const WISH = "alerts.sound";
const MUTED = "alerts.muted";
const button = document.getElementById("sound");
const waits = document.getElementById("sound-waits");
const muted = new Set(JSON.parse(sessionStorage.getItem(MUTED) ?? "[]"));
let context = null;
let waiting = [];
let timer = null;

/** Rings for these groups until they are no longer named. */
export function ring(ids) {
  waiting = ids;
  for (const one of document.querySelectorAll("[data-mute]")) one.setAttribute("aria-pressed", String(muted.has(one.dataset.mute)));
  const wanted = context?.state === "running" && waiting.some((id) => !muted.has(id));
  if (wanted && timer === null) {
    beep();
    timer = setInterval(beep, EVERY_MS);
  } else if (!wanted && timer !== null) {
    clearInterval(timer);
    timer = null;
  }
}

function beep() {
  for (const [at, pitch] of [[0, 880], [0.25, 660]]) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = context.currentTime + at;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.25, start);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.2);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.2);
  }
}

function turn(on) {
  if (on) {
    context = new AudioContext();
    context.addEventListener("statechange", show);
    wake();
  } else {
    context.close();
    context = null;
  }
  show();
}

function wake() {
  if (context && context.state !== "running") context.resume().catch(() => {}); // closed meanwhile
}

function show() {
  button.setAttribute("aria-pressed", String(Boolean(context)));
  button.textContent = context ? button.dataset.on : button.dataset.off;
  waits.hidden = !context || context.state === "running";
  ring(waiting);
}

button.addEventListener("click", () => {
  turn(!context);
  sessionStorage.setItem(WISH, context ? "on" : "off");
});

document.addEventListener("click", (event) => {
  const id = event.target.closest("[data-mute]")?.dataset.mute;
  if (!id) return;
  if (!muted.delete(id)) muted.add(id);
  sessionStorage.setItem(MUTED, JSON.stringify([...muted]));
  ring(waiting);
});

for (const gesture of ["click", "keydown"]) document.addEventListener(gesture, wake);
if (sessionStorage.getItem(WISH) === "on") turn(true);
