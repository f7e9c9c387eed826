// Moving an appointment with the keys: m lifts it, arrows carry it, Enter drops it, Escape puts it back.
import { columns } from "./grid.js";
import { say } from "./messages.js";
import { drop, giveUp, isMoving, lift, stand, stretch } from "./moving.js";

const SMALL = 5;
const LARGE = 15;
let carried = null;

export const isCarrying = () => Boolean(carried);

export function carry(card) {
  if (!card?.dataset.move || isMoving()) return false;
  carried = card;
  lift(card);
  card.classList.add("carried");
  card.focus();
  say(document.getElementById("grid").dataset.carrying);
  return true;
}

// Every key is the carried card's until it is set down.
export function carryOn(event) {
  event.preventDefault();
  const step = event.shiftKey ? LARGE : SMALL;
  if (event.key === "Enter") return setDown(drop);
  if (event.key === "Escape") return setDown(giveUp);
  if (event.altKey) return lengthen({ ArrowUp: -step, ArrowDown: step }[event.key]);
  shift({ ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]);
}

function setDown(how) {
  carried = null;
  how();
}

function shift(by) {
  if (!by) return;
  const all = columns();
  const column = all[all.indexOf(carried.parentElement) + by[0]] ?? carried.parentElement;
  stand(carried, column, Number(carried.dataset.from) + by[1]);
  tell();
}

function lengthen(by) {
  if (!by) return;
  stretch(carried, Number(carried.dataset.from) + Number(carried.dataset.long) + by);
  tell();
}

// Moving an element takes the focus from it.
function tell() {
  carried.focus({ preventScroll: true });
  carried.scrollIntoView({ block: "nearest", inline: "nearest" });
  const head = document.getElementById(carried.parentElement.getAttribute("aria-labelledby"));
  say(`${carried.dataset.until ?? carried.querySelector("[data-clock]").textContent}, ${head.textContent}`);
}
