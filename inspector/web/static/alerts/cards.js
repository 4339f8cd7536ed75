// The cards of groups, each swapped by itself when its version changed: never one in which somebody writes.

const FIELDS = "textarea, select, input:not([type=hidden])";
const CONTROLS = `${FIELDS}, button, a, summary`;

const cardsIn = (root) => [...root.querySelectorAll("[data-group]")];
const isFilled = (field) => (field.tagName === "SELECT" ? field.selectedIndex > 0 : field.value !== field.defaultValue);

/** Whether somebody writes in the card. */
function isWritten(card) {
  const focused = document.activeElement;
  return !card.dataset.renew && [...card.querySelectorAll(FIELDS)].some((field) => field === focused || isFilled(field));
}

/** The groups in whose cards somebody writes. */
export const written = () => cardsIn(document).filter(isWritten).map((card) => card.dataset.group);

/** Makes the lists of old those of fresh. Cards that did not change stay where they are; what is open, filled in or has
    the focus in one that did is so in the fresh one. */
export function swap(old, fresh) {
  const cards = new Map(cardsIn(old).map((card) => [card.dataset.group, card]));
  const active = document.activeElement;
  const had = active.closest("[data-group]");
  const section = had?.closest("section");
  let focus = null;
  for (const list of fresh.querySelectorAll("[data-list]")) {
    const shown = [];
    for (const card of [...list.children]) {
      const kept = cards.get(card.dataset.group);
      cards.delete(card.dataset.group);
      const stays = kept && (isWritten(kept) || kept.dataset.version === card.dataset.version);
      if (stays && kept.dataset.version !== card.dataset.version) mark(kept, fresh, card);
      if (kept && !stays) {
        if (kept === had) focus = twin(card, active) ?? card;
        carry(kept, card);
        kept.remove();
      }
      if (!stays) window.htmx.process(card);
      shown.push(stays ? kept : card);
    }
    arrange(old.querySelector(`[data-list="${list.dataset.list}"]`), shown);
  }
  for (const kept of cards.values()) {
    if (isWritten(kept)) mark(kept, fresh, null);
    else kept.remove();
  }
  follow(old, fresh);
  if (focus) focus.focus();
  else if (active.isConnected && active !== document.activeElement) active.focus();
  else if (had && !had.isConnected) section.querySelector("h2").focus();
}

/** Puts the cards in order around the one that has the focus: moved, it would lose it. What is written in elsewhere on
    the board stays there. */
function arrange(list, wanted) {
  const cards = wanted.filter((card) => card.parentElement === list || !card.isConnected || !isWritten(card));
  const held = cards.findIndex((card) => card.parentElement === list && card.contains(document.activeElement));
  const at = held < 0 ? cards.length : held;
  for (const [part, end] of [[cards.slice(at + 1), null], [cards.slice(0, at), cards[at] ?? null]]) {
    let after = end;
    for (const card of part.reverse()) {
      if (card.parentElement !== list || card.nextElementSibling !== after) list.insertBefore(card, after);
      after = card;
    }
  }
}

/** Says on a card that is written in that its group is not as it shows, and what became of it. */
function mark(card, fresh, shown) {
  const standing = fresh.querySelector(`[data-standing="${card.dataset.group}"]`);
  const now = standing ?? shown;
  card.dataset.state = now?.dataset.state ?? "gone";
  if (now?.dataset.version === card.dataset.version) return;
  const note = card.querySelector("[data-stale]");
  const became = note.querySelector("b");
  const told = standing?.textContent ?? (shown ? "" : fresh.dataset.gone);
  if (became.textContent !== told) became.textContent = told;
  note.hidden = false;
}

function carry(kept, card) {
  for (const details of kept.querySelectorAll("details[open]")) {
    const summary = twin(card, details.querySelector("summary"));
    if (summary) summary.parentElement.open = true;
  }
  for (const field of [...kept.querySelectorAll(FIELDS)].filter(isFilled)) {
    const same = twin(card, field);
    if (same) same.value = field.value;
  }
}

const twin = (card, control) => [...card.querySelectorAll(CONTROLS)].find((one) => keyOf(one) === keyOf(control));

function keyOf(control) {
  const form = control.closest("form");
  const words = control.matches("summary, button") ? control.textContent : control.getAttribute("href");
  const about = ["call_id", "rule_id"].map((name) => form?.elements[name]?.value);
  return [control.tagName, form?.getAttribute("action"), ...about, control.name, words].join(" ");
}

/** Counts and what is there at all. What holds a card that is written in stays. */
function follow(old, fresh) {
  for (const one of fresh.querySelectorAll("[data-follows]")) {
    const kept = document.getElementById(one.id);
    kept.hidden = one.hidden && cardsIn(kept).length === 0;
    if (one.dataset.follows === "text" && kept.textContent !== one.textContent) kept.textContent = one.textContent;
  }
  old.dataset.now = fresh.dataset.now;
}
