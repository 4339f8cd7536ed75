// Plays a call: sound, picture and dialogue in step. The sound never decides anything: without it the dialogue works.
//
//   const player = await mount(document.querySelector(".player"));
//   bindKeys(player);
//   root.addEventListener("player:finding", (event) => show(event.detail.id));

import WaveSurfer from "/vendor/wavesurfer.esm.js";
import { Dialogue } from "./dialogue.js";
import { drawMarkers, drawOverlay, drawStrip } from "./picture.js";
import { clock, lastAtOrBefore } from "./times.js";

const RATES = [0.75, 1, 1.25, 1.5, 2];
const POLL_MS = 1000;
const WAVE_HEIGHT = 104;
const SILENCE_LEFT_S = 0.3; // of a silence that is skipped, so that it is heard as one
const TOLD_EVERY_S = 0.1;
const PLACE = "inspector.full-view"; // where a call stood when all of it was asked for
const JUMP_S = 1.5; // the position never moves so far by itself between two looks

/** Shows the player in `root`; resolves at once, the sound comes when it is made (`player.ready`). */
export async function mount(root) {
  return new Player(root);
}

class Player {
  constructor(root) {
    this.root = root;
    this.audio = root.querySelector("audio");
    this.data = JSON.parse(root.querySelector(".player-data")?.textContent ?? "null");
    this.words = JSON.parse(root.querySelector(".player-words")?.textContent ?? "{}");
    this.dialogue = new Dialogue(document.querySelector(".dialogue"), this);
    this.ready = Promise.resolve(false);
    if (!this.audio) return; // a call without sound
    this.until = null; // where a span that is played ends
    this.run = null; // [start, end] of what is being played without a jump
    this.spans = []; // what was played since it was taken
    this.toldAt = -1;
    this.skipsSilence = false;
    this.place = -1; // of the marker that is selected
    this.selected = null;
    this.silences = this.data.stretches.silence;
    this.markers = drawMarkers(root.querySelector(".player-markers"), this.data, this.words);
    drawStrip(root.querySelector(".player-lanes"), this.data, this.words);
    this.#listen();
    this.#comeBack();
    this.ready = this.#load();
  }

  // ---- what pages call ------------------------------------------------------------------------------------------

  get position() {
    return this.audio ? (this.pending ?? this.audio.currentTime) : 0;
  }

  get playing() {
    return Boolean(this.audio) && !this.audio.paused;
  }

  toggle() {
    if (!this.audio) return;
    this.until = null;
    if (this.audio.paused) this.#play();
    else this.audio.pause();
  }

  seek(at) {
    if (!this.audio) return;
    this.until = null;
    this.#move(at);
  }

  skip(seconds) {
    this.seek(this.position + seconds);
  }

  playFrom(at) {
    if (!this.audio) return;
    this.seek(at);
    this.#play();
  }

  /** Plays from `a` and stops at `b`. */
  playSpan(a, b) {
    if (!this.audio) return;
    this.#move(a);
    this.until = b;
    this.#play();
  }

  /** The next speed, or with `step` -1 the one before; round and round without a step. */
  rate(step = 0) {
    if (!this.audio) return 1;
    const now = RATES.indexOf(this.audio.playbackRate);
    const next = step ? Math.min(Math.max(now + step, 0), RATES.length - 1) : (now + 1) % RATES.length;
    this.audio.defaultPlaybackRate = this.audio.playbackRate = RATES[next];
    const button = this.#button("rate");
    button.textContent = `${RATES[next]}×`;
    button.setAttribute("aria-label", `${button.dataset.label} ${RATES[next]}×`);
    return RATES[next];
  }

  /** The seconds of the call that were played since they were taken last, as merged [start, end]. */
  played() {
    this.#extend();
    return merged(this.run ? [...this.spans, this.run] : this.spans);
  }

  takePlayed() {
    const taken = this.played();
    this.spans = [];
    if (this.run) this.run = [this.run[1], this.run[1]];
    return taken;
  }

  /** To the next (1) or previous (-1) place of a finding. */
  next(step) {
    if (!this.audio || !this.data.markers.length) return;
    const starts = this.data.markers.map((marker) => marker.start);
    const here = this.place >= 0 ? this.place : lastAtOrBefore(starts, this.position) + (step < 0 ? 1 : 0);
    this.#goto(Math.min(Math.max(here + step, 0), starts.length - 1));
  }

  /** Marks a finding in picture and dialogue and goes to its first place. */
  select(id) {
    if (!this.audio) return this.dialogue.select(id);
    const first = this.data.markers.findIndex((marker) => marker.id === id);
    if (first >= 0) this.#goto(first);
    else this.#mark(id);
  }

  skipSilences(on = !this.skipsSilence) {
    if (!this.audio) return;
    this.skipsSilence = on;
    this.#button("silence").setAttribute("aria-pressed", String(on));
  }

  // ---- inside ---------------------------------------------------------------------------------------------------

  #button(does) {
    return this.root.querySelector(`[data-do="${does}"]`);
  }

  #tell(name, detail) {
    this.root.dispatchEvent(new CustomEvent(`player:${name}`, { bubbles: true, detail }));
  }

  #play() {
    if (this.pending !== undefined) this.wanted = true; // as soon as there is sound
    else this.audio.play().catch(() => {}); // an error of the element is told by its own event
  }

  #move(at) {
    const to = Math.min(Math.max(at, 0), this.data.duration);
    if (this.pending !== undefined) this.pending = to;
    else {
      this.#end();
      this.wave.setTime(to); // the sound and its cursor
    }
    this.#show(to);
  }

  #goto(place) {
    this.place = place;
    const marker = this.data.markers[place];
    this.seek(marker.start);
    this.root.querySelector(".player-markers [aria-current]")?.removeAttribute("aria-current");
    this.markers[place].setAttribute("aria-current", "true");
    this.#mark(marker.id);
  }

  #mark(id) {
    this.dialogue.select(id);
    const changed = this.selected !== id;
    this.selected = id;
    if (changed) this.#tell("finding", { id });
  }

  #listen() {
    this.pending = 0; // where to begin once there is sound
    const does = {
      toggle: () => this.toggle(), back: () => this.skip(-5), forward: () => this.skip(5), rate: () => this.rate(),
      previous: () => this.next(-1), next: () => this.next(1), silence: () => this.skipSilences(),
      full: () => this.root.querySelector(".player-full").showModal(),
      close: () => this.root.querySelector(".player-full").close(),
    };
    this.root.addEventListener("click", (event) => does[event.target.closest("[data-do]")?.dataset.do]?.());
    this.markers.forEach((button, place) => button.addEventListener("click", () => this.#goto(place)));
    this.slider = this.root.querySelector('input[type="range"]');
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    this.root.querySelector(".player-full form")?.addEventListener("submit", () => this.#keepPlace());
    const audio = this.audio;
    audio.addEventListener("playing", () => this.#started());
    audio.addEventListener("pause", () => this.#paused());
    audio.addEventListener("timeupdate", () => this.#tick()); // also while nobody looks and nothing is drawn
    audio.addEventListener("seeking", () => this.#jumped()); // by the waveform, too
    audio.addEventListener("ended", () => this.#tell("ended", {}));
    audio.addEventListener("error", () => audio.error && this.#fail(this.words.stopped));
  }

  /** The page is loaded anew with all of the call: where it stood is kept until then. */
  #keepPlace() {
    sessionStorage.setItem(PLACE, JSON.stringify({ call: this.root.dataset.call, at: this.position, playing: this.playing }));
  }

  #comeBack() {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
    sessionStorage.removeItem(PLACE);
    if (!this.data.full || kept?.call !== this.root.dataset.call) return;
    this.#move(kept.at);
    this.root.querySelector(".player-paused").hidden = !kept.playing;
  }

  #jumped() {
    this.#close();
    if (!this.audio.paused) this.run = [this.audio.currentTime, this.audio.currentTime];
    this.#show(this.audio.currentTime);
  }

  #started() {
    const paused = this.root.querySelector(".player-paused");
    if (paused) paused.hidden = true;
    if (!this.run) this.run = [this.audio.currentTime, this.audio.currentTime];
    this.#showPlaying(true);
    const frame = () => {
      if (this.audio.paused) return;
      this.#tick();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #paused() {
    this.#end();
    this.#showPlaying(false);
  }

  #showPlaying(on) {
    const button = this.#button("toggle");
    button.textContent = on ? "❚❚" : "▶";
    button.setAttribute("aria-label", on ? this.words.pause : this.words.play);
    button.title = on ? this.words.pause : this.words.play;
  }

  #tick() {
    const at = this.audio.currentTime;
    this.#extend();
    if (this.until !== null && at >= this.until && !this.audio.paused) {
      this.until = null;
      this.audio.pause();
    } else if (this.skipsSilence && !this.audio.paused && this.until === null) this.#skipSilence(at);
    if (Math.abs(at - this.toldAt) >= TOLD_EVERY_S) this.#show(at);
  }

  #skipSilence(at) {
    const no = lastAtOrBefore(this.silences.map(([start]) => start), at - SILENCE_LEFT_S);
    if (no >= 0 && at < this.silences[no][1] - SILENCE_LEFT_S) this.#move(this.silences[no][1] - SILENCE_LEFT_S);
  }

  /** What is played goes on to here, unless somebody jumped. */
  #extend() {
    if (!this.run || this.audio.seeking) return;
    const at = this.audio.currentTime;
    if (at >= this.run[1] && at - this.run[1] <= JUMP_S * Math.max(this.audio.playbackRate, 1)) this.run[1] = at;
    else {
      this.#close();
      this.run = [at, at];
    }
  }

  #end() {
    this.#extend();
    this.#close();
    this.run = this.audio.paused ? null : [this.audio.currentTime, this.audio.currentTime];
  }

  #close() {
    if (this.run && this.run[1] > this.run[0]) this.spans = merged([...this.spans, this.run]);
    this.run = null;
  }

  #show(at) {
    this.toldAt = at;
    this.slider.value = at;
    this.slider.setAttribute("aria-valuetext", clock(at));
    this.root.querySelector("output").textContent = clock(at);
    this.dialogue.show(at);
    this.#tell("time", { at });
  }

  /** Asks for the picture until the sound is made, then gives the sound to the browser. */
  async #load() {
    const query = this.data.full ? "?full=1" : "";
    const base = `/sound/${this.root.dataset.call}`;
    try {
      let answer = await fetch(`${base}/peaks${query}`, { headers: { Accept: "application/json" } });
      while (answer.status === 202) {
        await new Promise((done) => setTimeout(done, POLL_MS));
        answer = await fetch(`${base}/peaks${query}`, { headers: { Accept: "application/json" } });
      }
      const told = await answer.json();
      if (!answer.ok) throw new Error([this.words.failed, told.error?.message, told.error?.remedy].filter(Boolean).join(" · "));
      this.audio.src = `${base}/audio${query}`; // before the waveform is made, which takes it as it is
      await this.#draw(told);
    } catch (error) {
      this.#fail(error instanceof TypeError ? this.words.failed : error.message);
      return false;
    }
    const at = this.pending;
    this.pending = undefined;
    if (at > 0) this.wave.setTime(at);
    if (this.wanted) this.#play();
    return true;
  }

  #draw(told) {
    const lanes = told.lanes.map((lane) => Float32Array.from(atob(lane), (char) => char.charCodeAt(0) / 255));
    const box = this.root.querySelector(".player-wave");
    box.querySelector(".player-wait").hidden = true;
    const styles = getComputedStyle(this.root);
    const colours = told.parties.map((party) => {
      const colour = styles.getPropertyValue(`--${party}`).trim() || styles.getPropertyValue("--other").trim();
      return { waveColor: `${colour}b0`, progressColor: colour };
    });
    this.wave = WaveSurfer.create({
      container: box, media: this.audio, peaks: lanes, duration: this.data.duration,
      height: WAVE_HEIGHT / lanes.length, splitChannels: colours, cursorWidth: 2, cursorColor: "#1b2430",
      hideScrollbar: true, cspNonce: this.root.querySelector(".player-data").nonce,
    });
    this.wave.on("interaction", () => (this.until = null));
    drawOverlay(box, this.data);
    const names = told.parties.map((party) => Object.assign(document.createElement("span"), { textContent: this.words[party] }));
    this.root.querySelector(".player-names").replaceChildren(...names);
    return new Promise((done) => this.wave.once("ready", done)); // before, it takes every position for the start
  }

  #fail(text) {
    const line = this.root.querySelector(".player-fault");
    line.textContent = text;
    line.hidden = false;
    const wait = this.root.querySelector(".player-wait");
    if (wait) wait.hidden = true;
    this.#showPlaying(false);
    this.#tell("fault", { text });
  }
}

function merged(spans) {
  const found = [];
  for (const [start, end] of [...spans].sort((one, other) => one[0] - other[0])) {
    if (end <= start) continue;
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

/** The keys of the player, for a page that has it: not while somebody types, nor with Ctrl, Alt or Meta. */
export function bindKeys(player) {
  const does = {
    " ": () => player.toggle(), ArrowLeft: () => player.skip(-5), ArrowRight: () => player.skip(5),
    j: () => player.skip(-1), l: () => player.skip(1), "[": () => player.next(-1), "]": () => player.next(1),
    "-": () => player.rate(-1), "=": () => player.rate(1), s: () => player.skipSilences(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest("input:not([type=range]), textarea, select, [contenteditable], dialog[open]")) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return; // presses what has the focus
    if (event.key.startsWith("Arrow") && event.target.matches("input[type=range]")) return;
    const deed = does[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
