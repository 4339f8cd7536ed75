// The score card: its ticks, and what they add up to as the server counts.

import { ask } from "./ask.js";

const WAIT_MS = 300;

export class Card {
  constructor(root, reviewId, changed) {
    this.box = root.querySelector(".score");
    this.url = `/review/${reviewId}/total`;
    this.box?.addEventListener("input", () => {
      changed();
      this.total();
    });
    this.total();
  }

  get items() {
    return this.box ? [...this.box.querySelectorAll(".item")] : [];
  }

  /** By item; null: the call is not scored. */
  ticks() {
    if (!this.box || this.box.querySelector(".no-score").checked) return null;
    return this.given();
  }

  given() {
    const told = this.items.map((item) => [item.dataset.item, tickOf(item)]).filter(([, tick]) => tick !== null);
    return Object.fromEntries(told);
  }

  set(ticks) {
    for (const item of this.items) {
      const told = ticks[item.dataset.item];
      if (told === undefined) continue;
      const number = item.querySelector('input[type="number"]');
      if (number) number.value = told;
      else for (const radio of item.querySelectorAll("input")) radio.checked = radio.value === told;
    }
    this.total();
  }

  /** Items without an answer. */
  open() {
    return this.ticks() === null ? [] : this.items.filter((item) => tickOf(item) === null);
  }

  total() {
    if (!this.box) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      const told = await ask("POST", this.url, { ticks: this.given() }).catch(() => null);
      this.box.querySelector(".total").textContent = told?.total ?? "–";
    }, WAIT_MS);
  }
}

function tickOf(item) {
  const number = item.querySelector('input[type="number"]');
  if (number) return number.value === "" || !number.validity.valid ? null : Number(number.value);
  return item.querySelector("input:checked")?.value ?? null;
}
