// A self-check by keyboard: the findings with their sound, and the team's answer of all of them.

import { bindKeys, mount } from "/static/sound/player.js";

const BEFORE_S = 2; // evidence is played from so long before

const root = document.getElementById("self-check");
const findings = [...(root?.querySelectorAll("article.finding") ?? [])];
const form = root?.querySelector("form");
let player = null;
let current = null;

function choose(one, focus = true) {
  if (!one) return;
  if (one !== current) {
    current?.removeAttribute("aria-current");
    one.setAttribute("aria-current", "true");
    current = one;
    (player?.audio ? player : player?.dialogue)?.select(one.dataset.id);
  }
  if (focus) {
    one.focus({ preventScroll: true });
    one.scrollIntoView({ block: "nearest" });
  }
}

function move(step) {
  choose(findings[Math.min(Math.max(findings.indexOf(current) + step, 0), findings.length - 1)]);
}

function playFrom(at) {
  if (player?.audio) player.playFrom(Math.max(at - BEFORE_S, 0));
  else player?.dialogue.show(at); // nothing to hear: the words at least
}

function answer(place) {
  const radio = form.querySelectorAll('input[type="radio"]')[place];
  radio.checked = true;
  radio.focus();
}

const deeds = {
  1: () => answer(0), 2: () => answer(1), Enter: () => form.requestSubmit(), n: () => root.querySelector(".later")?.click(),
  ArrowUp: () => move(-1), ArrowDown: () => move(1), "?": () => root.querySelector(".keys-dialog").showModal(),
};

function key(event) {
  if (event.altKey || event.metaKey || event.ctrlKey || event.repeat || event.target.closest("dialog[open]")) return;
  if (event.key === "Enter" && event.target.closest("a, summary, button, input")) return; // presses what has the focus
  if (event.key.startsWith("Arrow") && event.target.closest(".dialogue, input")) return; // scrolls, or goes to the other answer
  const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!deed) return;
  deed();
  event.preventDefault();
}

function clicked(event) {
  const place = event.target.closest("[data-play]");
  if (place) playFrom(Number(place.dataset.play));
  const deed = event.target.closest("[data-deed]")?.dataset.deed;
  if (deed === "help") deeds["?"]();
  if (deed === "close") event.target.closest("dialog").close();
}

async function open() {
  root.addEventListener("click", clicked);
  document.addEventListener("keydown", key);
  form.addEventListener("submit", () => (form.querySelector("button").disabled = true)); // once
  for (const one of findings) {
    one.addEventListener("focusin", () => choose(one, false));
    one.addEventListener("click", () => choose(one, false));
  }
  const sound = root.querySelector(".player");
  if (sound) {
    player = await mount(sound);
    bindKeys(player);
    sound.addEventListener("player:finding", (event) => choose(findings.find((one) => one.dataset.id === event.detail.id)));
  }
  choose(findings[0]);
}

window.addEventListener("pageshow", (event) => event.persisted && location.reload()); // back: never what it was
if (root) open();
