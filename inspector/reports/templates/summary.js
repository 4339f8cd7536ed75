
"use strict";
(() => {
  const table = document.getElementById("calls"), body = table.tBodies[0], rows = [...body.rows];
  const filter = document.getElementById("filter"), least = document.getElementById("least");
  const count = document.getElementById("count");
  const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const show = () => {
    const wanted = filter.value.trim().toLowerCase().split(/\s+/), rank = Number(least.value);
    let shown = 0;
    rows.forEach((row) => {
      const fits = Number(row.dataset.rank) <= rank && wanted.every((word) => words.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === rows.length ? `${shown}` : `${shown} / ${rows.length}`;
  };
  filter.addEventListener("input", show);
  least.addEventListener("input", show);

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const head = button.closest("th"), column = head.cellIndex;
    const up = head.getAttribute("aria-sort") !== "ascending";
    [...head.parentElement.cells].forEach((cell) => cell.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const order = up ? 1 : -1;
    const sorted = [...rows].sort((one, other) => {
      const a = value(one, column), b = value(other, column);
      return order * (typeof a === "number" ? a - b : a.localeCompare(b, "zh"));
    });
    body.append(...sorted);
  });
})();
