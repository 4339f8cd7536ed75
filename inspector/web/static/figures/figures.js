// Tables that sort by any column, and plots of them that are drawn when somebody comes near.

import { heightOf, legendOf, optionOf } from "./plots.js";

const place = document.getElementById("figures");
const near = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => draw(entry.target)),
  { rootMargin: "200px" },
);
let loading = null;

document.body.addEventListener("htmx:load", (event) => watch(event.detail.elt));
watch(document.body);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.sort");
  if (button) sort(button.closest("th"));
});

function watch(element) {
  element.querySelectorAll(".canvas[data-kind]").forEach((canvas) => {
    canvas.style.height = `${heightOf(canvas.dataset.kind, rowsOf(canvas).length)}px`;
    near.observe(canvas);
  });
}

async function draw(canvas) {
  near.unobserve(canvas);
  loading ??= import(place.dataset.echarts);
  const { echarts } = await loading;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  chart.setOption({
    animation: !still,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } }, // the page names its plots itself
    ...optionOf(canvas.dataset.kind, rowsOf(canvas), titlesOf(canvas), place.dataset.few),
  });
  canvas.before(...legendOf(canvas.dataset.kind, titlesOf(canvas)));
  canvas.dataset.drawn = "yes";
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

/** The rows of the table that a plot is of: what names them, and the columns it plots. */
function rowsOf(canvas) {
  const columns = canvas.dataset.columns.split(" ").map(Number);
  return [...document.getElementById(canvas.dataset.table).tBodies[0].rows].map((row) => {
    const [first, ...others] = columns.map((column) => row.cells[column]);
    return { name: textOf(first), few: row.classList.contains("few"), cells: others.map(cellOf) };
  });
}

function titlesOf(canvas) {
  const heads = document.getElementById(canvas.dataset.table).tHead.rows[0].cells;
  return canvas.dataset.columns.split(" ").slice(1).map((column) => heads[Number(column)].textContent.trim());
}

function cellOf(cell) {
  const number = (name) => (name in cell.dataset ? Number(cell.dataset[name]) : null);
  return { text: textOf(cell), value: number("value"), low: number("low"), high: number("high") };
}

function textOf(cell) {
  return cell.querySelector(".t").textContent.trim();
}

/** By values where there are any, else by text; what has no value comes last either way. */
function sort(head) {
  const table = head.closest("table");
  const column = head.cellIndex;
  const before = head.getAttribute("aria-sort");
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, ...cellOf(row.cells[column]) }));
  const numeric = rows.some((one) => one.value !== null);
  const rises = before === null ? !numeric : before === "descending";
  const direction = rises ? 1 : -1;
  head.setAttribute("aria-sort", rises ? "ascending" : "descending");
  rows.sort((one, other) => {
    if (!numeric) return direction * one.text.localeCompare(other.text, document.documentElement.lang);
    if (one.value === null || other.value === null) return (one.value === null) - (other.value === null);
    return direction * (one.value - other.value);
  });
  table.tBodies[0].append(...rows.map((one) => one.row));
}
