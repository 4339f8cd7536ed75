
"use strict";
(() => {
  const BEFORE_S = 0.5, STEP_S = 3, EVERY_MS = 50;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const clips = all("audio").map((audio) => ({
    audio, from: Number(audio.dataset.from), until: Number(audio.dataset.from) + Number(audio.dataset.length),
  }));
  const evidence = all(".evidence");
  const turns = all(".line").map((line) => ({ line, start: Number(line.querySelector(".at").dataset.start) }));
  const timeline = one("timeline"), playhead = one("playhead");
  let clip = clips[0], stopAt = Infinity, chosen = -1, now = null;

  const clock = (s) => {
    const tenths = Math.round(s * 10);
    return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
  };
  const position = () => clip.from + clip.audio.currentTime;

  const start = () => clip.audio.play().catch((error) => {
    if (error.name !== "AbortError") one("unplayable").hidden = false;  // aborted: another place was chosen meanwhile
  });
  const seek = (at) => {
    const to = Math.max(0, at);
    clips.forEach(({ audio }) => audio.pause());
    clip = clips.filter(({ from }) => from <= to).pop() || clips[0];
    clip.audio.currentTime = Math.min(Math.max(0, to - clip.from), clip.until - clip.from);
    show();
  };
  const play = (from, until = Infinity) => {
    if (!clips.length) return;
    stopAt = until;
    seek(from - BEFORE_S);
    start();
  };
  const toggle = () => {
    stopAt = Infinity;
    if (clip.audio.paused) start(); else clip.audio.pause();
  };

  // The line that is spoken at this time: turns are in order of time.
  const lineAt = (at) => {
    let low = 0, high = turns.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (turns[middle].start <= at + 0.05) low = middle + 1; else high = middle;
    }
    return low ? turns[low - 1].line : null;
  };
  const highlight = (line) => {
    if (line === now) return;
    if (now) now.classList.remove("now");
    if (line) line.classList.add("now");
    now = line;
  };
  const show = () => {
    const at = position(), { left, right, duration } = timeline.dataset;
    const x = Number(left) + Math.min(1, at / Number(duration)) * (right - left);
    playhead.setAttribute("transform", `translate(${x} 0)`);
    one("time").textContent = clock(at);
    document.body.classList.toggle("is-playing", !clip.audio.paused);
    highlight(lineAt(at));
  };

  const choose = (index) => {
    if (!evidence.length) return;
    if (evidence[chosen]) evidence[chosen].classList.remove("chosen");
    chosen = Math.min(evidence.length - 1, Math.max(0, index));
    const place = evidence[chosen], at = place.querySelector(".at").dataset;
    place.classList.add("chosen");
    place.scrollIntoView({ block: "center" });
    play(Number(at.start), Number(at.end));
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("a, button");
    if (!target) return;
    if (target.classList.contains("help-button")) one("help").showModal();
    else if (target.id === "close-help") one("help").close();
    else if (target.id === "play") toggle();
    else if (target.id === "next") choose(chosen + 1);
    else if (target.id === "previous") choose(chosen - 1);
    else if (target.dataset.for || target.classList.contains("said")) {
      event.preventDefault();
      choose(evidence.indexOf(one(target.dataset.for || target.hash.slice(1))));
    } else if (target.dataset.start && clips.length) {
      event.preventDefault();
      const place = target.closest(".evidence");
      if (place) choose(evidence.indexOf(place));
      else play(Number(target.dataset.start), Number(target.dataset.end || Infinity));
    }
  });

  timeline.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const box = timeline.getBoundingClientRect(), { left, right, duration } = timeline.dataset;
    const x = ((event.clientX - box.left) / box.width) * timeline.viewBox.baseVal.width;
    const at = Math.max(0, Math.min(1, (x - left) / (right - left))) * Number(duration);
    if (clips.length) return play(at);
    const line = lineAt(at);
    highlight(line);
    if (line) line.scrollIntoView({ block: "center" });
  });

  const keys = {
    j: () => choose(chosen + 1), ArrowDown: () => choose(chosen + 1),
    k: () => choose(chosen - 1), ArrowUp: () => choose(chosen - 1),
    "?": () => one("help").showModal(),
  };
  if (clips.length) {
    keys[" "] = toggle;
    keys.ArrowLeft = () => { stopAt = Infinity; step(-STEP_S); };
    keys.ArrowRight = () => { stopAt = Infinity; step(STEP_S); };
  }
  const step = (by) => {
    const playing = !clip.audio.paused;
    seek(position() + by);
    if (playing) start();
  };
  document.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const taken = event.target.closest("input, select, textarea") || one("help").open;
    const pressed = key === " " && event.target.closest("button, summary");
    if (!keys[key] || taken || pressed || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keys[key]();
  });

  clips.forEach((own, index) => {
    own.audio.addEventListener("ended", () => {
      const next = clips[index + 1];
      if (next && stopAt > next.from) { clip = next; clip.audio.currentTime = 0; start(); }
      show();
    });
    ["play", "pause", "seeked"].forEach((name) => own.audio.addEventListener(name, show));
  });
  if (clips.length) {
    setInterval(() => {
      if (clip.audio.paused) return;
      if (position() >= stopAt) { clip.audio.pause(); stopAt = Infinity; }
      show();
    }, EVERY_MS);
  }
})();
