// The reviewer's desk: one call after the other by keyboard. The next one comes into the same page.

import { tell } from "/static/base.js";
import { bindKeys, mount } from "/static/sound/player.js";
import { ask, signedIn } from "./ask.js";
import { Card } from "./card.js";
import { Draft } from "./draft.js";
import { Findings } from "./findings.js";
import { Notes } from "./notes.js";
import { fill } from "./words.js";

const BEFORE_S = 2; // evidence is played from so long before
const PLAYED_MS = 5000;

let desk = null;

class Desk {
  /** `left`: what is to be shown as typed here; not given: what this browser keeps. */
  constructor(root, left) {
    this.root = root;
    this.data = JSON.parse(root.querySelector(".desk-data").textContent);
    this.words = JSON.parse(root.querySelector(".desk-words").textContent);
    this.url = `/review/${this.data.review}`;
    this.unsent = []; // seconds that were played and are not on record
    this.busy = false;
    this.player = null;
    this.notes = new Notes(this);
    this.findings = new Findings(root, () => this.changed(), (id) => this.#cue(id));
    this.draft = new Draft(this.data.review, this.data.draft_version, () => this.read(), (state, error) => this.#kept(state, error));
    this.card = new Card(root, this.data.review, () => this.changed());
    root.querySelector(".note-all").addEventListener("input", () => this.changed());
    root.addEventListener("click", (event) => this.#clicked(event));
    root.querySelector(".skip-dialog form").addEventListener("submit", (event) => this.#release(new FormData(event.target).get("skip")));
    this.#restore(left ?? this.draft.take());
    this.#showPlayed(this.data.played);
    this.ready = this.#mount();
  }

  // ---- what is typed --------------------------------------------------------------------------------------------

  read() {
    const { marks, corrections } = this.notes;
    const note = this.root.querySelector(".note-all").value || null;
    return { answers: { findings: this.findings.read(), marks, corrections, note }, ticks: this.card?.given() ?? {} };
  }

  changed() {
    this.draft.changed();
    this.#showLeft();
  }

  #restore(left) {
    const typed = left?.answers ?? this.data.typed;
    this.findings.set(typed.findings);
    this.notes.set(typed.marks, typed.corrections);
    this.root.querySelector(".note-all").value = typed.note ?? "";
    if (left?.ticks) this.card.set(left.ticks);
    if (left?.answers) this.draft.changed();
    else this.draft.keepHere();
    this.#showLeft();
  }

  #showLeft() {
    const findings = this.findings.open().length;
    const items = this.card?.open().length ?? 0;
    const { left, left_card, done } = this.words;
    const told = findings ? fill(left, { count: findings }) : items ? fill(left_card, { count: items }) : this.data.hidden ? "" : done;
    this.root.querySelector(".left").textContent = told;
  }

  #kept(state, error) {
    this.root.querySelector(".kept").textContent = this.words[state];
    if (state === "saved") this.#calm();
    if (error) this.#fault(error);
  }

  // ---- the sound ------------------------------------------------------------------------------------------------

  async #mount() {
    const root = this.root.querySelector(".player");
    if (!root) return this.findings.choose(this.findings.all[0]);
    this.player = await mount(root);
    root.addEventListener("player:finding", (event) => this.findings.chooseById(event.detail.id));
    this.findings.choose(this.findings.open()[0] ?? this.findings.all[0]);
  }

  position() {
    return this.player?.position ?? 0;
  }

  tell(text) {
    tell(text);
  }

  #cue(id) {
    if (this.player?.audio) this.player.select(id);
    else this.player?.dialogue.select(id);
  }

  #playFrom(at) {
    if (this.player?.audio) return this.player.playFrom(Math.max(at - BEFORE_S, 0));
    this.player?.dialogue.show(at); // nothing to hear: the words at least
  }

  async sendPlayed() {
    this.unsent.push(...(this.player?.audio ? this.player.takePlayed() : []));
    if (!this.unsent.length) return;
    const spans = this.unsent;
    this.unsent = [];
    try {
      const told = await ask("POST", `${this.url}/played`, { spans });
      this.#showPlayed(told.played);
      this.root.querySelector(".lease").textContent = told.lease;
    } catch (error) {
      this.unsent.unshift(...spans);
      throw error;
    }
  }

  #showPlayed(share) {
    const told = fill(this.words.played, { share: `${Math.floor(share * 100)}%` });
    const few = this.data.hidden && share < this.data.enough;
    this.root.querySelector(".played").textContent = few ? `${told}，${this.words.too_little}` : told;
  }

  // ---- deeds ----------------------------------------------------------------------------------------------------

  /** Own verdict or submission, whichever is due. */
  async send() {
    if (this.data.hidden) return this.#once(() => this.#reveal());
    const open = this.findings.open()[0] ?? this.card.open()[0];
    if (open) {
      this.#showLeft();
      tell(this.root.querySelector(".left").textContent);
      if (open.matches(".finding")) this.findings.choose(open);
      else open.querySelector("input").focus();
      return;
    }
    await this.#once(() => this.#submit());
  }

  async #submit() {
    await this.sendPlayed();
    const ticks = this.card.ticks();
    const done = await this.draft.along((typed) => ask("POST", `${this.url}/submit`, { ...typed, ticks }));
    this.draft.end();
    await next();
    tell(fill(this.words.submitted, done));
  }

  async #reveal() {
    await this.sendPlayed();
    await this.draft.save();
    await this.draft.along((typed) => ask("POST", `${this.url}/reveal`, typed));
    this.draft.end();
    await next();
  }

  #release(because) {
    return this.#once(async () => {
      await this.draft.save();
      await ask("POST", `${this.url}/release`, { because });
      this.draft.end();
      await next();
      tell(this.words.released);
    });
  }

  #refresh() {
    return this.#once(async () => {
      await this.draft.save();
      await ask("POST", `${this.url}/refresh`);
      await next();
    });
  }

  /** What another page wrote comes instead of what is typed here; ticks are only here and stay. */
  #theirs() {
    return this.#once(async () => {
      const { ticks } = this.read();
      this.draft.drop();
      await next({ ticks });
    });
  }

  /** What is typed here is written over what another page wrote. */
  #mine() {
    return this.#once(async () => {
      await this.draft.overwrite((await ask("GET", `${this.url}/hold`)).version);
      this.root.querySelector(".other-draft").hidden = true;
    });
  }

  /** After somebody signed in again: the token of his session, and what is left is sent. */
  retry() {
    return this.#once(async () => {
      signedIn((await ask("GET", `${this.url}/hold`)).csrf);
      await this.draft.save();
      this.#calm();
    });
  }

  async #once(deed) {
    if (this.busy) return;
    this.busy = true;
    try {
      await deed();
    } catch (error) {
      this.#fault(error);
    } finally {
      this.busy = false;
    }
  }

  // ---- faults ---------------------------------------------------------------------------------------------------

  #fault(error) {
    const { status, message } = error;
    const { words } = this;
    if (status === undefined) throw error;
    if (status === 409) return this.#tellOther(".other-draft");
    const box = this.root.querySelector(".desk-fault");
    const told = status === 401 ? words.signed_out : status === 0 ? words.offline : `${words.refused}${message} ${words.refused_kept}`;
    box.querySelector("p").textContent = told;
    box.querySelector(".sign-in").hidden = status !== 401;
    box.querySelector('[data-deed="refresh"]').hidden = box.querySelector(".take-next").hidden = status !== 403 && status !== 400;
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  }

  #calm() {
    this.root.querySelector(".desk-fault").hidden = true;
  }

  /** Another tab of this browser writes in the same review. */
  elsewhere(event) {
    if (this.draft.left.isOthers(event) && !this.draft.refused) this.#tellOther(".other-tab");
  }

  /** One of the two notices that somebody writes in the same review elsewhere. */
  #tellOther(which) {
    for (const one of this.root.querySelectorAll(".elsewhere")) one.hidden = !one.matches(which);
  }

  // ---- keys and clicks ------------------------------------------------------------------------------------------

  #clicked(event) {
    const place = event.target.closest("[data-play]");
    if (place) this.#playFrom(Number(place.dataset.play));
    const deed = event.target.closest("[data-deed]")?.dataset.deed;
    if (deed === "close") event.target.closest("dialog").close();
    else this.deeds[deed]?.();
  }

  deeds = {
    submit: () => this.send(), reveal: () => this.send(), retry: () => this.retry(), refresh: () => this.#refresh(),
    theirs: () => this.#theirs(), mine: () => this.#mine(),
    mark: () => this.notes.mark(), correct: () => this.notes.correct(),
    skip: () => this.root.querySelector(".skip-dialog").showModal(),
    help: () => this.root.querySelector(".keys-dialog").showModal(),
  };

  keys = {
    ArrowUp: () => this.findings.move(-1), ArrowDown: () => this.findings.move(1), Escape: () => this.findings.cancel(),
    Enter: () => this.send(), m: this.deeds.mark, c: this.deeds.correct, n: this.deeds.skip, "?": this.deeds.help,
    t: () => (this.findings.current?.querySelector(".note") ?? this.root.querySelector(".note-all")).focus(),
    k: () => this.card.items[0]?.querySelector("input").focus(),
    o: () => this.root.querySelector(".elsewhere:not([hidden]) button")?.focus(),
  };

  key(event) {
    const field = event.target.closest("input:not([type=range]), textarea, select");
    const writing = field && !field.closest("dialog:not([open])"); // a dialog just closed keeps the focus for a moment
    if (event.altKey || event.metaKey || event.repeat || event.target.closest("dialog[open]")) return;
    if (event.key === "Escape" && writing) return void (this.findings.current ?? this.root.querySelector("button")).focus();
    if (event.key === "Enter" && event.ctrlKey) return void this.send();
    if (event.ctrlKey || writing) return;
    if (event.key === "Enter" && event.target.closest("a, summary, button")) return; // presses what has the focus
    if (event.key.startsWith("Arrow") && event.target.closest(".dialogue")) return; // scrolls
    if (/^[0-9]$/.test(event.key)) this.findings.digit(event.key);
    else {
      const deed = this.keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!deed) return;
      deed();
    }
    event.preventDefault();
  }

  leave() {
    this.draft.flush();
    this.player?.audio?.pause();
    this.player?.wave?.destroy();
  }
}

/** The next call, or the same one as the server has it now, in the place of this one. */
async function next(left) {
  const answer = await fetch("/review", { headers: { "X-Requested-With": "inspector" } });
  if (!answer.ok) return location.assign("/review");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const nonce = document.querySelector("script[nonce]")?.nonce ?? "";
  desk?.leave();
  document.title = page.title;
  const main = document.getElementById("content");
  main.replaceChildren(...page.getElementById("content").childNodes);
  for (const script of main.querySelectorAll("script")) script.nonce = nonce;
  open(left);
  scrollTo(0, 0);
  if (!desk?.findings.current) main.focus();
}

function open(left) {
  const root = document.getElementById("desk");
  desk = root ? new Desk(root, left) : null;
  document.documentElement.dataset.desk = desk?.data.review ?? "none";
}

open();
bindKeys({
  toggle: () => desk?.player?.toggle(), skip: (seconds) => desk?.player?.skip(seconds), next: (step) => desk?.player?.next(step),
  rate: (step) => desk?.player?.rate(step), skipSilences: () => desk?.player?.skipSilences(),
});
document.addEventListener("keydown", (event) => desk?.key(event));
document.addEventListener("selectionchange", () => desk?.notes.select());
document.addEventListener("visibilitychange", () => document.hidden && desk?.draft.flush());
window.addEventListener("pagehide", () => desk?.draft.flush());
window.addEventListener("pageshow", (event) => event.persisted && location.reload()); // back: never what it was
window.addEventListener("storage", (event) => desk?.elsewhere(event));
window.addEventListener("online", () => desk?.draft.flush());
setInterval(() => desk?.sendPlayed().catch(() => {}), PLAYED_MS);
