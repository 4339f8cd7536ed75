// The findings and their answers. The page shows an answer at once; that it is kept comes after.

export class Findings {
  /** `chosen(id)`: another finding is the one that is answered. */
  constructor(root, changed, chosen) {
    this.all = [...root.querySelectorAll("article.finding")];
    this.changed = changed;
    this.chosen = chosen;
    this.current = null;
    for (const one of this.all) {
      one.addEventListener("focusin", () => this.choose(one, false));
      one.addEventListener("click", (event) => this.#clicked(one, event.target));
      one.querySelector(".note").addEventListener("input", changed);
    }
  }

  /** Makes it the one that keys answer. */
  choose(one, focus = true) {
    if (!one) return;
    const before = this.current;
    this.current = one;
    if (before !== one) {
      before?.removeAttribute("aria-current");
      one.setAttribute("aria-current", "true");
      this.chosen(one.dataset.id);
    }
    if (focus) {
      one.focus({ preventScroll: true });
      one.scrollIntoView({ block: "nearest" });
    }
  }

  chooseById(id) {
    const one = this.all.find((finding) => finding.dataset.id === id);
    if (one && one !== this.current) this.choose(one);
  }

  move(step) {
    const place = this.all.indexOf(this.current);
    this.choose(this.all[Math.min(Math.max(place + step, 0), this.all.length - 1)]);
  }

  /** A digit: a verdict, or where a verdict waits for its reason, the reason. */
  digit(key) {
    if (!this.current) return;
    const waiting = !this.current.querySelector(".because").hidden && this.#answer(this.current) !== null && !this.#because(this.current);
    const buttons = this.current.querySelectorAll(waiting ? "[data-because]" : "[data-answer]");
    const button = buttons[(Number(key) || 10) - 1];
    if (button) this.#press(this.current, button);
  }

  /** Takes back a verdict whose reason is not given. */
  cancel() {
    const one = this.current;
    if (!one || !this.#answer(one) || this.#isDone(one)) return;
    this.#put(one, null, null);
    this.changed();
  }

  read() {
    return this.all.map((one) => ({
      finding_id: one.dataset.id, answer: this.#answer(one), because: this.#because(one),
      note: one.querySelector(".note").value || null,
    }));
  }

  set(given) {
    for (const told of given) {
      const one = this.all.find((finding) => finding.dataset.id === told.finding_id);
      if (!one) continue;
      one.querySelector(".note").value = told.note ?? "";
      this.#put(one, told.answer, told.because);
    }
  }

  open() {
    return this.all.filter((one) => !this.#isDone(one));
  }

  #clicked(one, target) {
    const button = target.closest("[data-answer], [data-because]");
    if (button) this.#press(one, button);
  }

  #press(one, button) {
    this.choose(one);
    if (button.dataset.answer) this.#put(one, button.dataset.answer, null);
    else this.#put(one, this.#answer(one), button.dataset.because);
    this.changed();
    if (!this.#isDone(one)) return;
    const after = [...this.all.slice(this.all.indexOf(one) + 1), ...this.all].find((next) => !this.#isDone(next));
    if (after) this.choose(after);
  }

  #put(one, answer, because) {
    check(one, "answer", answer);
    check(one, "because", because);
    one.querySelector(".because").hidden = answer === null || answer === "confirmed";
    one.classList.toggle("done", this.#isDone(one));
  }

  #answer(one) {
    return one.querySelector('[data-answer][aria-checked="true"]')?.dataset.answer ?? null;
  }

  #because(one) {
    return one.querySelector('[data-because][aria-checked="true"]')?.dataset.because ?? null;
  }

  #isDone(one) {
    const answer = this.#answer(one);
    return answer !== null && (answer === "confirmed" || this.#because(one) !== null);
  }
}

function check(one, kind, value) {
  for (const button of one.querySelectorAll(`[data-${kind}]`))
    button.setAttribute("aria-checked", String(button.dataset[kind] === value));
}
