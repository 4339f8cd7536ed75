// The dialogue, in step with what is played: hours of it cost no more per look than minutes.

import { lastAtOrBefore } from "./times.js";

const LEFT_ALONE_MS = 4000; // who scrolls is reading: nothing moves under his eyes for so long
const NEAR_S = 0.001;

export class Dialogue {
  constructor(list, player) {
    this.list = list;
    this.player = player;
    this.rows = list ? [...list.querySelectorAll("li[data-start]")] : [];
    this.starts = Float64Array.from(this.rows, (row) => Number(row.dataset.start));
    this.row = null;
    this.piece = null;
    this.scrolledAt = -Infinity;
    if (!list) return;
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"])
      list.addEventListener(kind, () => (this.scrolledAt = performance.now()), { passive: true });
    list.addEventListener("click", (event) => this.#clicked(event));
  }

  /** Marks what is said at that second. */
  show(at) {
    const row = this.rows[lastAtOrBefore(this.starts, at + NEAR_S)] ?? null;
    if (row !== this.row) this.#turnTo(row);
    if (!row) return;
    const piece = this.pieces[lastAtOrBefore(this.pieceStarts, at + NEAR_S)] ?? null;
    if (piece === this.piece) return;
    this.piece?.classList.remove("now");
    piece?.classList.add("now");
    this.piece = piece;
  }

  /** Marks the words of one finding. */
  select(id) {
    this.list?.querySelectorAll(".selected").forEach((piece) => piece.classList.remove("selected"));
    this.list?.querySelectorAll(`[data-findings~="${CSS.escape(id)}"]`).forEach((piece) => piece.classList.add("selected"));
    this.scrolledAt = -Infinity;
  }

  #turnTo(row) {
    this.row?.classList.remove("now");
    this.row?.removeAttribute("aria-current");
    this.piece?.classList.remove("now");
    this.piece = null;
    this.row = row;
    if (!row) return;
    row.classList.add("now");
    row.setAttribute("aria-current", "true");
    this.pieces = [...row.querySelectorAll("span[data-start]")];
    this.pieceStarts = this.pieces.map((piece) => Number(piece.dataset.start));
    if (performance.now() - this.scrolledAt >= LEFT_ALONE_MS) this.#bringIntoView(row);
  }

  /** Only the list moves, never the page. */
  #bringIntoView(row) {
    const list = this.list;
    const box = list.getBoundingClientRect();
    const place = row.getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom)
      list.scrollTop += place.top - box.top - (box.height - place.height) / 3;
  }

  #clicked(event) {
    const button = event.target.closest("button.at");
    const row = event.target.closest("li[data-start]");
    if (!row) return;
    if (button) this.player.playFrom(Number(row.dataset.start));
    else if (getSelection().isCollapsed) {
      const piece = event.target.closest("span[data-start]");
      if (piece) this.player.seek(Number(piece.dataset.start));
    }
  }
}
