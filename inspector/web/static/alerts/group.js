// The page of one group or of a shift: deadlines that tick, and a page that is fresh after every deed.

import "./clocks.js";

document.body.addEventListener("htmx:afterRequest", (event) => event.detail.successful && location.reload());
document.getElementById("print")?.addEventListener("click", () => window.print());
