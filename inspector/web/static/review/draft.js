// What is typed: kept in this browser at once, with the server a second later, and here until the server has it.

import { ask } from "./ask.js";

const WAIT_MS = 1000;
const AGAIN_MS = 5000;
const KEEPALIVE_BYTES = 60_000; // browsers send no more while a page goes

export class Draft {
  /** `read`: gives what is typed now. `told(state, error)`: "saving", "saved" or "unsaved" with why. */
  constructor(reviewId, read, told) {
    this.url = `/review/${reviewId}/draft`;
    this.key = `inspector.review.${reviewId}`;
    this.read = read;
    this.told = told;
    this.timer = null;
    this.number = 0; // of the last change
    this.saved = 0; // of the last change that the server has
    this.sending = null;
    this.over = false;
  }

  /** What this browser has that the server never confirmed: {answers, ticks}. */
  left() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  changed() {
    if (this.over) return;
    this.number += 1;
    this.#keepHere();
    this.told("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save().catch(() => {}), WAIT_MS);
  }

  /** Sends what the server does not have yet, one at a time; throws when it cannot. */
  async save() {
    clearTimeout(this.timer);
    while (this.sending) await this.sending.catch(() => {});
    if (this.over || this.saved === this.number) return;
    const number = this.number;
    this.sending = ask("PUT", this.url, this.read().answers);
    try {
      await this.sending;
      this.saved = number;
      if (this.over) return;
      this.#keepHere();
      this.told(this.saved === this.number ? "saved" : "saving");
    } catch (error) {
      if (!this.over) {
        this.told("unsaved", error);
        if (error.status === 0 || error.status >= 500) this.timer = setTimeout(() => this.save().catch(() => {}), AGAIN_MS);
      }
      throw error;
    } finally {
      this.sending = null;
    }
  }

  /** Nothing is sent behind a submission, which holds all that is typed. */
  async quiet() {
    clearTimeout(this.timer);
    while (this.sending) await this.sending.catch(() => {});
  }

  /** The page may go: what is left is sent without waiting for the answer. It stays here until it is confirmed. */
  flush() {
    if (this.over || this.saved === this.number) return;
    const answers = this.read().answers;
    if (JSON.stringify(answers).length * 3 < KEEPALIVE_BYTES) ask("PUT", this.url, answers, true).catch(() => {});
  }

  /** The review is in, or given back: nothing of it stays in this browser. */
  end() {
    this.over = true;
    clearTimeout(this.timer);
    localStorage.removeItem(this.key);
  }

  #keepHere() {
    const { answers, ticks } = this.read();
    // Ticks of the score card are with the server only once the review is in.
    if (this.saved === this.number && !Object.keys(ticks ?? {}).length) localStorage.removeItem(this.key);
    else localStorage.setItem(this.key, JSON.stringify({ answers, ticks }));
  }
}
