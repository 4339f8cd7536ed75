// The screen on the wall.

import { follow } from "./live.js";

follow(() => "/alerts/wall/figures", (old, fresh) => old.replaceWith(fresh));
