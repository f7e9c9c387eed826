// A stretch of empty time drawn with the mouse: from when until when an appointment, or an absence, is to last.
import { columnAt, minuteAt, minutes } from "./grid.js";
import { drawMark, open, rubOut } from "./create.js";
import { swallowClick } from "./drag.js";

const THRESHOLD = 10;
const LEAST = 5;
let drawn = null;

export const isDrawing = () => Boolean(drawn?.until);

export function startStretching() {
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", release);
  document.addEventListener("keydown", (event) => event.key === "Escape" && forget());
}

// Fingers scroll; a finger's tap makes an appointment, whose length the form takes.
function press(event) {
  const column = event.target.closest(".column[data-takes]");
  if (!column || event.target.closest("a") || event.button !== 0 || event.pointerType === "touch") return;
  drawn = { column, y: event.clientY, at: minuteAt(event.clientY) };
}

function move(event) {
  if (!drawn || (!drawn.until && Math.abs(event.clientY - drawn.y) < THRESHOLD)) return;
  const end = Math.max(0, Math.min(minuteAt(event.clientY) + LEAST, minutes()));
  const [from, until] = end > drawn.at ? [drawn.at, end] : [end - LEAST, drawn.at];
  Object.assign(drawn, { from: Math.max(0, from), until: Math.max(until, from + LEAST) });
  drawMark(drawn.column, drawn.from, drawn.until - drawn.from);
}

function release(event) {
  const done = drawn;
  drawn = null;
  if (!done?.until) return;
  swallowClick();
  open(done.column, columnAt(event.clientX, event.clientY) ? event.clientY : done.y, done.from, done.until);
}

function forget() {
  if (drawn?.until) rubOut();
  drawn = null;
}
