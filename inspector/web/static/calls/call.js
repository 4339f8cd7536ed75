// The page of a call: player, dialogue and findings in step.

import { bindKeys, mount } from "/static/sound/player.js";

const root = document.querySelector(".player");
if (root) {
  const player = await mount(root);
  bindKeys(player);
  for (const button of document.querySelectorAll("[data-finding]")) {
    button.addEventListener("click", () => {
      player.select(button.dataset.finding);
      if (!player.playing) player.toggle();
    });
  }
}
