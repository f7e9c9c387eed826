// Moving an appointment with the pointer: drawn at once, sent, and put back when it is refused.
import { clockAt, columnAt, freshKey, grid, instantAt, minuteAt, minutes } from "./grid.js";

const THRESHOLD = 6;
const LONG_PRESS = 450;
let drag = null;

export const isDragging = () => Boolean(drag?.ghost);

export function startDragging() {
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", giveUp);
  document.addEventListener("touchmove", (event) => isDragging() && event.preventDefault(), { passive: false });
  document.addEventListener("keydown", (event) => event.key === "Escape" && giveUp());
}

function press(event) {
  const card = event.target.closest(".visit[data-move]");
  if (!card || event.button !== 0) return;
  const grip = event.clientY - card.getBoundingClientRect().top;
  drag = { card, grip, x: event.clientX, y: event.clientY, column: card.parentElement, from: Number(card.dataset.from) };
  drag.isTouch = event.pointerType === "touch";
  if (drag.isTouch) drag.timer = setTimeout(lift, LONG_PRESS);
}

function lift() {
  const { card } = drag;
  drag.ghost = card.cloneNode(true);
  drag.ghost.removeAttribute("id");
  drag.ghost.classList.add("ghost");
  card.before(drag.ghost);
  card.classList.add("dragged");
  document.documentElement.classList.add("dragging");
}

function move(event) {
  if (!drag) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= THRESHOLD;
  if (!drag.ghost && far && drag.isTouch) return forget();
  if (!drag.ghost && far) lift();
  if (drag.ghost) follow(event);
}

function follow(event) {
  const { card, grip } = drag;
  const long = Number(card.dataset.long);
  const from = Math.max(0, Math.min(minuteAt(event.clientY - grip + 3), minutes() - long));
  const column = columnAt(event.clientX, event.clientY);
  if (column && column !== card.parentElement) column.append(card);
  stand(card, from);
  scrollNearEdge(event.clientY);
}

function stand(card, from) {
  card.dataset.from = from;
  card.style.setProperty("--from", from);
  for (const time of card.querySelectorAll("[data-clock], .first time")) time.textContent = clockAt(from);
}

function scrollNearEdge(y) {
  const sheet = document.getElementById("sheet");
  const box = sheet.getBoundingClientRect();
  if (y > box.bottom - 30) sheet.scrollTop += 12;
  if (y < box.top + 80) sheet.scrollTop -= 12;
}

function release(event) {
  if (!drag?.ghost) return forget();
  event.preventDefault();
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
  const done = drag;
  setDown();
  const isMoved = Number(done.card.dataset.from) !== done.from || done.card.parentElement !== done.column;
  if (isMoved) send(done);
  else putBack(done);
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

function send(done) {
  const { card } = done;
  card.classList.add("waiting");
  card.addEventListener("htmx:afterRequest", (event) => settle(done, event.detail.successful), { once: true });
  const values = {
    starts_at: instantAt(Number(card.dataset.from)),
    resource_id: card.parentElement.dataset.resource,
    expected_version: card.dataset.version,
    key: freshKey(),
  };
  htmx.ajax("POST", card.dataset.move, { source: card, swap: "none", target: "#messages", values });
}

function settle(done, isAccepted) {
  done.card.classList.remove("waiting");
  if (isAccepted) done.ghost.remove();
  else putBack(done);
}

function putBack(done) {
  done.ghost.replaceWith(done.card);
  stand(done.card, done.from);
}

function giveUp() {
  if (!drag?.ghost) return forget();
  const done = drag;
  setDown();
  putBack(done);
}

function setDown() {
  drag.card.classList.remove("dragged");
  document.documentElement.classList.remove("dragging");
  forget();
}

function forget() {
  clearTimeout(drag?.timer);
  drag = null;
}
