// Moving an appointment with the pointer, by its body to another time, by its foot to another end.
import { columnAmong, minuteAt } from "./grid.js";
import { drop, giveUp, isMoving, lift, stand, stretch } from "./moving.js";

const THRESHOLD = 6;
const LONG_PRESS = 450;
const FOOT = 7;
let drag = null;

export function startDragging() {
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", leave);
  document.addEventListener("touchmove", (event) => drag?.isLifted && event.preventDefault(), { passive: false });
  document.addEventListener("keydown", (event) => event.key === "Escape" && leave());
}

function press(event) {
  const card = event.target.closest(".visit[data-move]");
  if (!card || event.button !== 0 || isMoving()) return;
  const box = card.getBoundingClientRect();
  drag = { card, grip: event.clientY - box.top, x: event.clientX, y: event.clientY };
  drag.isFoot = box.bottom - event.clientY < Math.min(FOOT, box.height / 3);
  drag.isTouch = event.pointerType === "touch";
  if (drag.isTouch) drag.timer = setTimeout(begin, LONG_PRESS);
}

function begin() {
  drag.isLifted = true;
  lift(drag.card);
  drag.card.classList.toggle("stretched", drag.isFoot);
}

function move(event) {
  if (!drag) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= THRESHOLD;
  if (!drag.isLifted && far && drag.isTouch) return forget();
  if (!drag.isLifted && far) begin();
  if (drag.isLifted) follow(event);
}

function follow(event) {
  const { card, grip, isFoot } = drag;
  const below = document.elementsFromPoint(event.clientX, event.clientY);
  if (isFoot) stretch(card, minuteAt(event.clientY + 10));
  else stand(card, columnAmong(below) ?? card.parentElement, minuteAt(event.clientY - grip + 3));
  markDay(dayAmong(below));
  scrollNearEdge(event);
}

// A day of the strip takes what is dropped on it at the same time.
const dayAmong = (elements) => (drag.isFoot ? null : elements.find((one) => one.matches(".strip a[data-on]")));

function markDay(day) {
  document.querySelector(".strip a.over")?.classList.remove("over");
  day?.classList.add("over");
}

function scrollNearEdge(event) {
  const sheet = document.getElementById("sheet");
  const box = sheet.getBoundingClientRect();
  if (event.clientY > box.bottom - 30) sheet.scrollTop += 12;
  if (event.clientY < box.top + 80 && event.clientY > box.top) sheet.scrollTop -= 12;
  if (event.clientX > box.right - 30) sheet.scrollLeft += 12;
  if (event.clientX < box.left + 60) sheet.scrollLeft -= 12;
}

function release(event) {
  if (!drag?.isLifted) return forget();
  event.preventDefault();
  swallowClick();
  const day = dayAmong(document.elementsFromPoint(event.clientX, event.clientY));
  const { wall } = drag.card.dataset;
  forget();
  drop(day ? { on: day.dataset.on, time: wall } : {});
}

export function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
}

function leave() {
  if (drag?.isLifted) giveUp();
  forget();
}

function forget() {
  clearTimeout(drag?.timer);
  drag?.card.classList.remove("stretched");
  markDay(null);
  drag = null;
}
