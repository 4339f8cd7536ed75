// The board: stays as it is where nothing changed, so that nobody loses what he types; sounds for P0 alone.

import { follow } from "./live.js";
import { ring } from "./sound.js";

const title = document.title;
const line = document.getElementById("news");
const groups = () => [...document.querySelectorAll("#groups [data-group]")];
let known = new Set(groups().map((card) => card.dataset.group));

const refresh = follow(`/alerts/groups${location.search}`, (old, fresh) => {
  const focused = document.activeElement;
  const card = focused?.closest("[data-group]")?.id;
  for (const one of fresh.querySelectorAll("[data-group]")) {
    const kept = document.getElementById(one.id);
    if (kept?.dataset.version === one.dataset.version) one.replaceWith(kept);
    else window.htmx.process(one);
  }
  const storm = fresh.querySelector("#storm");
  if (storm) storm.open = Boolean(document.getElementById("storm")?.open);
  old.replaceWith(fresh);
  if (focused?.isConnected) focused.focus();
  else if (card) document.getElementById(card)?.focus();
  tellNew();
});

function tellNew() {
  const now = groups();
  const added = now.filter((card) => card.dataset.state === "open" && !known.has(card.dataset.group));
  known = new Set(now.map((card) => card.dataset.group));
  if (added.length) line.textContent = line.dataset.new + added.slice(0, 3).map((card) => card.querySelector("h3").innerText).join("；");
  show();
}

function show() {
  const waiting = groups().filter((card) => card.dataset.class === "P0" && card.dataset.state === "open");
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
  ring(waiting.map((card) => card.dataset.group));
}

document.body.addEventListener("htmx:afterRequest", refresh);
show();
