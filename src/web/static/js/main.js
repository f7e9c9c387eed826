// Starts what the page needs; everything here improves pages that work without it.
import { startAway } from "./away.js";
import { startCreating } from "./create.js";
import { startDragging } from "./drag.js";
import { startJumping } from "./jump.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startMessages } from "./messages.js";
import { startOnce } from "./once.js";
import { startPanel } from "./panel.js";
import { startSearching } from "./search.js";
import { startStretching } from "./stretch.js";

startMessages();
startOnce();
startAway();
startKeys();
startJumping();
startSearching();
if (document.getElementById("grid")) {
  startPanel();
  startCreating();
  startDragging();
  startStretching();
  startLive();
}
document.documentElement.dataset.ready = "true";
