// A sound every five seconds while a P0 waits that is not muted. Browsers ask for a gesture first: the button.

const EVERY_MS = 5000;
const button = document.getElementById("sound");
const muted = new Set();
let context = null;
let waiting = [];
let timer = null;

/** Rings for these groups until they are no longer named. */
export function ring(ids) {
  waiting = ids;
  for (const one of document.querySelectorAll("[data-mute]")) one.setAttribute("aria-pressed", String(muted.has(one.dataset.mute)));
  const wanted = context && waiting.some((id) => !muted.has(id));
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

button.addEventListener("click", () => {
  if (context) {
    context.close();
    context = null;
  } else context = new AudioContext();
  button.setAttribute("aria-pressed", String(Boolean(context)));
  button.textContent = context ? button.dataset.on : button.dataset.off;
  ring(waiting);
});

document.addEventListener("click", (event) => {
  const id = event.target.closest("[data-mute]")?.dataset.mute;
  if (!id) return;
  if (!muted.delete(id)) muted.add(id);
  ring(waiting);
});
