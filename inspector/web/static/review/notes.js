// What a person heard that no rule found (marks), and what the recogniser wrote wrongly (corrections).

import { clock } from "/static/sound/times.js";

const MARK_S = 3; // of a mark that is made at the second that is played

export class Notes {
  /** `desk`: root, data, words, position(), changed(), tell(text). */
  constructor(desk) {
    this.desk = desk;
    this.marks = [];
    this.corrections = [];
    this.selected = null; // the last words selected in the dialogue
    this.markDialog = desk.root.querySelector(".mark-dialog");
    this.correctDialog = desk.root.querySelector(".correct-dialog");
    this.#listen();
  }

  set(marks, corrections) {
    this.marks = [...marks];
    this.corrections = [...corrections];
    this.#show();
  }

  /** Remembers what is selected in the dialogue, rounded to the pieces that it touches. */
  select() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const list = this.desk.root.querySelector(".dialogue");
    if (!list?.contains(range.commonAncestorContainer)) return;
    const pieces = [...list.querySelectorAll(".said span[data-start]")].filter((piece) => range.intersectsNode(piece));
    this.selected = pieces.length ? spanOf(pieces) : null;
  }

  mark() {
    const dialog = this.markDialog;
    const at = this.desk.position();
    const { start, end, party } = this.selected ?? { start: at, end: at + MARK_S, party: null };
    this.wanted = party;
    dialog.querySelector("form").reset();
    this.#listRules();
    dialog.querySelector(".from").value = start.toFixed(1);
    dialog.querySelector(".to").value = this.#within(end).toFixed(1);
    dialog.showModal();
    dialog.querySelector(".find").focus();
  }

  correct() {
    if (!this.selected) return this.desk.tell(this.desk.words.correct_first);
    const { start, end, party, text } = this.selected;
    const dialog = this.correctDialog;
    dialog.querySelector(".party-of").textContent = this.desk.words[party];
    dialog.querySelector(".span-of").textContent = `${clock(start)}–${clock(end)}`;
    dialog.querySelector(".said-of").value = text;
    dialog.showModal();
    dialog.querySelector(".said-of").focus();
  }

  #within(second) {
    return this.desk.data.duration ? Math.min(second, this.desk.data.duration) : second;
  }

  #listen() {
    const dialog = this.markDialog;
    dialog.querySelector(".find").addEventListener("input", () => this.#listRules());
    dialog.querySelector(".find").addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      dialog.querySelector(".rule").focus();
    });
    dialog.querySelector(".rule").addEventListener("change", () => this.#listParties());
    dialog.querySelector("form").addEventListener("submit", () => {
      const value = (name) => dialog.querySelector(name).value;
      const [start_s, end_s] = [Number(value(".from")), Number(value(".to"))];
      this.marks.push({ rule_id: value(".rule"), start_s, end_s, party: value(".party-of"), note: value(".note-of") || null });
      this.#changed();
    });
    this.correctDialog.querySelector("form").addEventListener("submit", () => {
      const { start, end, party } = this.selected;
      const apart = (one) => one.party !== party || one.end_s <= start || one.start_s >= end;
      const said = this.correctDialog.querySelector(".said-of").value;
      this.corrections = [...this.corrections.filter(apart), { party, start_s: start, end_s: end, said }];
      this.#changed();
    });
  }

  #listRules() {
    const wanted = this.markDialog.querySelector(".find").value.trim().toLowerCase();
    const found = this.desk.data.rules.filter((rule) => `${rule.id} ${rule.title}`.toLowerCase().includes(wanted));
    const list = this.markDialog.querySelector(".rule");
    list.replaceChildren(...found.map((rule) => new Option(`${rule.title}（${rule.id}）`, rule.id)));
    list.selectedIndex = found.length ? 0 : -1;
    this.#listParties();
  }

  #listParties() {
    const id = this.markDialog.querySelector(".rule").value;
    const parties = this.desk.data.rules.find((rule) => rule.id === id)?.parties ?? [];
    const list = this.markDialog.querySelector(".party-of");
    list.replaceChildren(...parties.map((party) => new Option(this.desk.words[party], party)));
    if (parties.includes(this.wanted)) list.value = this.wanted;
  }

  #changed() {
    this.#show();
    this.desk.changed();
  }

  #show() {
    const titles = new Map(this.desk.data.rules.map((rule) => [rule.id, rule.title]));
    const { words, root } = this.desk;
    const lines = (list, entries, text) => {
      list.replaceChildren(...entries.map((one) => this.#line(one, text(one), entries)));
      if (!entries.length) list.replaceChildren(element("li", words.none, "soft"));
    };
    lines(root.querySelector(".marks"), this.marks, (one) => `${titles.get(one.rule_id) ?? one.rule_id} · ${words[one.party]}${one.note ? ` · ${one.note}` : ""}`);
    lines(root.querySelector(".corrections"), this.corrections, (one) => `${words[one.party]}：${one.said}`);
  }

  #line(one, text, entries) {
    const line = element("li", "");
    const play = element("button", `▶ ${clock(one.start_s)}–${clock(one.end_s)}`, "at");
    const remove = element("button", this.desk.words.remove);
    play.type = remove.type = "button";
    play.dataset.play = one.start_s;
    remove.addEventListener("click", () => {
      entries.splice(entries.indexOf(one), 1);
      this.#changed();
    });
    line.append(play, " ", element("span", text), " ", remove);
    return line;
  }
}

/** Of words of one party: those of the row where the selection begins. */
function spanOf(pieces) {
  const row = pieces[0].closest("li");
  const own = pieces.filter((piece) => piece.closest("li") === row);
  const next = own.at(-1).nextElementSibling;
  return {
    start: Number(own[0].dataset.start),
    end: Number(next?.dataset.start ?? row.dataset.end),
    party: row.className.split(" ").find((name) => ["agent", "customer", "system", "unknown"].includes(name)),
    text: own.map((piece) => piece.textContent).join(""),
  };
}

function element(name, text, kind = "") {
  return Object.assign(document.createElement(name), { textContent: text, className: kind });
}
