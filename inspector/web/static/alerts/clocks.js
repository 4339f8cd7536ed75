// Deadlines that tick: the server's times, counted by this browser, by the server's clock.

const root = () => document.getElementById("groups");
let ahead = 0;

/** Sets the clock by the time that the page came with. */
export function setClock() {
  ahead = Date.parse(root().dataset.now) - Date.now();
}

/** Writes what is left of every deadline, or how late it is. */
export function tick() {
  for (const time of document.querySelectorAll("time[data-due]")) {
    const left = Math.floor((Date.parse(time.dataset.due) - Date.now() - ahead) / 1000);
    const text = left < 0 ? time.dataset.late.replace("{n}", Math.floor(-left / 60)) : time.dataset.left.replace("{t}", shown(left));
    if (time.textContent !== text) time.textContent = text;
    time.parentElement.classList.toggle("late", left < 0);
  }
}

function shown(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

setClock();
tick();
setInterval(tick, 1000);
