// News of alerts: whenever something happened the page asks for how it stands now, one question at a time.

import { setClock, tick } from "./clocks.js";

const AGAIN_MS = 5000;
const ANYWAY_MS = 60000;

/** Keeps #groups as what url() answers. swap(old, fresh) makes the old one as the fresh one is. over(): whoever looked
    is signed out or may not see alerts any more, nothing is followed then. */
export function follow(url, swap, over = () => {}) {
  let asking = false;
  let again = false;
  let isOver = false;
  let news = Date.now();

  async function refresh() {
    if (isOver) return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(url(), { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.status === 401 || new URL(answer.url).pathname === "/login") {
        end("signed-out");
        return;
      }
      if (answer.status === 403) {
        document.getElementById("groups").replaceChildren();
        end("not-allowed");
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const box = document.createElement("template");
      box.innerHTML = await answer.text();
      swap(document.getElementById("groups"), box.content.getElementById("groups"));
      setClock();
      tick();
      news = Date.now();
      lost(source.readyState !== EventSource.OPEN);
    } catch {
      lost(true);
    } finally {
      asking = false;
      if (again) {
        again = false;
        refresh();
      }
    }
  }

  function lost(is) {
    document.getElementById("lost").hidden = !is;
    document.getElementById("last-news").textContent = is ? new Date(news).toLocaleTimeString() : "";
  }

  function end(why) {
    isOver = true;
    source.close();
    lost(false);
    const again = document.querySelector("#signed-out a");
    again.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
    document.getElementById(why).hidden = false;
    over();
  }

  let source;
  function listen() {
    if (isOver) return;
    source = new EventSource("/alerts/stream");
    source.addEventListener("open", refresh);
    source.addEventListener("news", refresh);
    source.addEventListener("error", () => {
      lost(true);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, AGAIN_MS);
      refresh(); // which tells whether it was the session
    });
  }

  listen();
  setInterval(refresh, ANYWAY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
  return refresh;
}
