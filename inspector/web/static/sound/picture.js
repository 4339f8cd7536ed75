// The picture of a call beside its waveform: whose turn it is, what lies on the waveform, where the findings are.
// One path a kind of stretch, however many there are.

import { clock } from "./times.js";

const SVG = "http://www.w3.org/2000/svg";
const ROW = 14;
const MOST_ROWS = 5;
const MARKER_PX = 40;

/** Buttons at the places of the findings, in their order. Those that would overlap stand below each other. */
export function drawMarkers(box, data, words) {
  const width = box.clientWidth || 1000;
  const free = new Array(MOST_ROWS).fill(-Infinity);
  const made = data.markers.map((marker) => {
    const button = document.createElement("button");
    const at = Math.min((marker.start / data.duration) * width, width - MARKER_PX);
    const fits = free.findIndex((until) => until <= at);
    const row = fits >= 0 ? fits : free.indexOf(Math.min(...free));
    free[row] = at + MARKER_PX;
    button.type = "button";
    button.className = `severity ${marker.severity}`;
    button.textContent = `${marker.sign}${marker.no}`;
    const told = [marker.no, words[marker.severity], words[marker.outcome], marker.title, clock(marker.start)];
    button.title = told.join(" ");
    button.setAttribute("aria-label", told.join(" "));
    button.style.left = `${(100 * at) / width}%`;
    button.style.top = `${row * 24}px`;
    return button;
  });
  const rows = free.filter((until) => until > -Infinity).length;
  box.style.height = `${rows * 24}px`;
  box.replaceChildren(...made);
  return made;
}

/** What lies over the waveform: silences, both at once, what was not heard, findings. */
export function drawOverlay(box, data) {
  const picture = svg("svg", { viewBox: `0 0 ${data.duration} 100`, preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.classList.add("player-overlay");
  picture.append(stripes(box, data));
  const { silence, overlap, unheard } = data.stretches;
  picture.append(path("silence", silence, 0, 100), path("overlap", overlap, 46, 8), path("unheard", unheard, 0, 100));
  picture.querySelector(".unheard").setAttribute("fill", "url(#player-stripes)");
  for (const marker of data.markers) {
    const from = Math.min(marker.start, data.duration);
    const made = path(`finding ${marker.severity}`, [[from, Math.max(marker.end, from + data.duration / 400)]], 0, 100);
    made.dataset.finding = marker.id;
    picture.append(made);
  }
  box.append(picture);
}

/** A line a party: when it speaks, hints at emotion below; and one for other sounds. */
export function drawStrip(lanes, data, words) {
  const { speech, emotion, sound } = data.stretches;
  const parties = ["agent", "customer", "system", "unknown"].filter((one) => speech.some(([, , party]) => party === one));
  const height = ROW * (parties.length + (sound.length ? 1 : 0));
  const names = element("div", "player-names strip");
  const picture = svg("svg", { viewBox: `0 0 ${data.duration} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.classList.add("player-strip");
  picture.style.height = `${height}px`;
  parties.forEach((party, row) => {
    names.append(Object.assign(element("span", `party ${party}`), { textContent: words[party] }));
    picture.append(path(`speech ${party}`, speech.filter((one) => one[2] === party), row * ROW + 1, 7));
    picture.append(path("emotion", emotion.filter((one) => one[2] === party), row * ROW + 9, 2));
  });
  if (sound.length) {
    names.append(Object.assign(element("span", ""), { textContent: words[`sound_${sound[0][3]}`] }));
    picture.append(path("sound", sound, parties.length * ROW + 2, 6));
  }
  lanes.append(names, picture);
}

function element(name, classes) {
  return Object.assign(document.createElement(name), { className: classes });
}

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function path(classes, spans, top, height) {
  const boxes = spans.map(([start, end]) => `M${start} ${top}H${end}v${height}H${start}z`);
  return svg("path", { class: classes, d: boxes.join("") });
}

/** Stripes of two pixels, whatever the scale of the picture. */
function stripes(box, data) {
  const width = (6 * data.duration) / (box.clientWidth || 1000);
  const pattern = svg("pattern", { id: "player-stripes", width, height: 100, patternUnits: "userSpaceOnUse" });
  pattern.append(svg("rect", { width: width / 3, height: 100, class: "stripe" }));
  const made = svg("defs", {});
  made.append(pattern);
  return made;
}
