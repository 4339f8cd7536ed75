// What one page keeps in this browser of a review until the server has it: one place for each page, so that no tab
// writes over what another one keeps.

const PAGE = Math.random().toString(36).slice(2);

export class Left {
  constructor(reviewId) {
    this.review = `inspector.review.${reviewId}.`;
    this.key = this.review + PAGE;
  }

  /** What was kept last, by this page or one that is gone or still there; it becomes this page's. null: nothing. */
  take() {
    const found = this.#keys().map((key) => [key, read(key)]).filter(([, kept]) => kept !== null);
    const [last] = found.sort(([, one], [, other]) => other.at - one.at);
    if (!last) return null;
    localStorage.removeItem(last[0]);
    return last[1];
  }

  keep(what) {
    localStorage.setItem(this.key, JSON.stringify({ ...what, at: Date.now() }));
  }

  drop() {
    localStorage.removeItem(this.key);
  }

  /** Of every page. */
  dropAll() {
    for (const key of this.#keys()) localStorage.removeItem(key);
  }

  /** Whether a `storage` event tells that another page keeps something of the same review. */
  isOthers({ key, newValue }) {
    return newValue !== null && key !== this.key && (key?.startsWith(this.review) ?? false);
  }

  #keys() {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.review));
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}
