// What is typed: kept in this browser at once, with the server a second later, and here until the server has it.
// Each draft with the server has a version. A page names the one that it was made from, and is refused (409) once
// another page wrote; then nothing is sent until the person has said which of the two holds.

import { ask } from "./ask.js";
import { Left } from "./left.js";

const WAIT_MS = 1000;
const AGAIN_MS = 5000;
const KEEPALIVE_BYTES = 60_000; // browsers send no more while a page goes

export class Draft {
  /** `version`: of the draft that the page was made from. `read`: gives what is typed now.
   *  `told(state, error)`: "saving", "saved" or "unsaved" with why. */
  constructor(reviewId, version, read, told) {
    this.url = `/review/${reviewId}/draft`;
    this.left = new Left(reviewId);
    this.version = version;
    this.read = read;
    this.told = told;
    this.timer = null;
    this.number = 0; // of the last change
    this.saved = 0; // of the last change that the server has
    this.sent = null; // answers that the server may have: its answer is due, or never came
    this.sending = null;
    this.refused = false; // another page wrote meanwhile
    this.over = false;
  }

  /** What this browser has that the server never confirmed: {answers, ticks}; null: nothing. */
  take() {
    const left = this.left.take();
    if (left?.answers) [this.version, this.sent] = [left.version, left.sent];
    return left;
  }

  changed() {
    if (this.over) return;
    this.number += 1;
    this.keepHere();
    this.told(this.refused ? "unsaved" : "saving");
    clearTimeout(this.timer);
    if (!this.refused) this.#later(WAIT_MS);
  }

  /** Sends what the server does not have yet, one at a time; throws when it cannot. */
  async save() {
    clearTimeout(this.timer);
    do {
      while (this.sending) await this.sending.catch(() => {});
      if (this.over || this.saved === this.number) return;
    } while (await this.#send());
  }

  /** Runs a deed to which all that is typed goes along, and which keeps it as the draft; nothing is sent beside it. */
  async along(deed) {
    clearTimeout(this.timer);
    while (this.sending) await this.sending.catch(() => {});
    this.sent = this.read().answers;
    this.keepHere();
    return this.#alone(deed({ answers: this.sent, version: this.version }));
  }

  /** What is typed here is to hold over `version`, the newest one. */
  async overwrite(version) {
    Object.assign(this, { version, sent: null, refused: false });
    this.changed();
    await this.save();
  }

  /** The page may go: what is left is sent without waiting for the answer. It stays here until it is confirmed. */
  flush() {
    if (!this.sending && !this.refused) this.save().catch(() => {});
  }

  /** What is typed here is given up. */
  drop() {
    this.over = true;
    clearTimeout(this.timer);
    this.left.drop();
  }

  /** The review is in, or given back: nothing of it stays in this browser. */
  end() {
    this.drop();
    this.left.dropAll();
  }

  /** What the server does not have. */
  keepHere() {
    const { answers, ticks } = this.read();
    // Ticks of the score card are with the server only once the review is in.
    if (this.saved !== this.number) this.left.keep({ answers, ticks, version: this.version, sent: this.sent });
    else if (Object.keys(ticks ?? {}).length) this.left.keep({ ticks });
    else this.left.drop();
  }

  #later(wait_ms) {
    this.timer = setTimeout(() => this.save().catch(() => {}), wait_ms);
  }

  /** One round. What the server may have already goes again first, as it was, so that it is told which version it is;
   *  true: there is more. */
  async #send() {
    const again = this.sent !== null;
    const number = again ? this.saved : this.number;
    this.sent ??= this.read().answers;
    const body = { answers: this.sent, version: this.version };
    try {
      const kept = await this.#alone(ask("PUT", this.url, body, JSON.stringify(body).length * 3 < KEEPALIVE_BYTES));
      Object.assign(this, { version: kept.version, sent: null, saved: number });
      if (this.over) return false;
      this.keepHere();
      this.told(this.saved === this.number ? "saved" : "saving");
      return again;
    } catch (error) {
      if (error.status === 400 || error.status === 422) this.sent = null; // the server has nothing of it
      if (!this.over) {
        this.told("unsaved", error);
        if (error.status === 0 || error.status >= 500) this.#later(AGAIN_MS);
      }
      throw error;
    }
  }

  async #alone(sending) {
    this.sending = sending;
    try {
      return await sending;
    } catch (error) {
      this.refused ||= error.status === 409;
      throw error;
    } finally {
      this.sending = null;
    }
  }
}
