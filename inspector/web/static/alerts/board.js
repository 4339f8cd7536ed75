// The board: follows what happens by the filters in the address; sounds for P0 alone.

import { swap, written } from "./cards.js";
import { follow } from "./live.js";
import { ring } from "./sound.js";

const title = document.title;
const line = document.getElementById("news");
const form = document.querySelector(".filters");
const groups = () => [...document.querySelectorAll("#groups [data-group]")];
let known = new Set(groups().map((card) => card.dataset.group));
let asked = location.search;

const refresh = follow(
  () => {
    const query = new URLSearchParams(location.search);
    for (const one of written()) query.append("writing", one);
    return `/alerts/groups?${query}`;
  },
  (old, fresh) => {
    swap(old, fresh);
    offer(JSON.parse(fresh.dataset.teams));
    tellNew();
  },
  () => {
    document.title = title;
    ring([]);
  },
);

function offer(teams) {
  const choice = form.elements.team;
  for (const team of teams) if (![...choice.options].some((one) => one.value === team)) choice.add(new Option(team));
}

function tellNew() {
  const now = groups();
  const added = now.filter((card) => card.dataset.state === "open" && !known.has(card.dataset.group));
  known = new Set(now.map((card) => card.dataset.group));
  if (added.length && asked === location.search) line.textContent = line.dataset.new + added.slice(0, 3).map((card) => card.querySelector("h3").innerText).join("；");
  asked = location.search;
  show();
}

function show() {
  const waiting = groups().filter((card) => card.dataset.class === "P0" && card.dataset.state === "open");
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
  ring(waiting.map((card) => card.dataset.group));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.pushState(null, "", String(query) ? `/alerts?${query}` : "/alerts");
  refresh();
});

addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search);
  for (const field of form.querySelectorAll("select")) field.value = query.get(field.name) ?? "";
  form.elements.mine.checked = query.has("mine");
  refresh();
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    event.target.closest("form")?.reset();
    renew(event.target);
  } else refresh();
});
document.addEventListener("click", (event) => event.target.closest("[data-renew]") && renew(event.target));

/** Shows the group as it is now, whatever is written in its card. */
function renew(inside) {
  const card = inside.closest("[data-group]");
  if (card) card.dataset.renew = "1";
  refresh();
}

show();
