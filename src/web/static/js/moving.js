// A card in motion: lifted, stood somewhere else, then sent and drawn at once, or put back.
import { clockAt, freshKey, instantAt, minutes } from "./grid.js";

const LEAST = 5;
let moved = null;

export const isMoving = () => Boolean(moved);

export function lift(card) {
  const { from, long } = card.dataset;
  moved = { card, column: card.parentElement, from: Number(from), long: Number(long), ghost: card.cloneNode(true) };
  moved.ghost.removeAttribute("id");
  moved.ghost.classList.add("ghost");
  card.before(moved.ghost);
  card.classList.add("dragged");
  document.documentElement.classList.add("dragging");
  return moved;
}

export function stand(card, column, from, long = Number(card.dataset.long)) {
  const top = Math.max(0, Math.min(from, minutes() - long));
  const isThere = column === card.parentElement && Number(card.dataset.from) === top && Number(card.dataset.long) === long;
  if (isThere) return;
  if (column !== card.parentElement) column.append(card);
  Object.assign(card.dataset, { from: top, long });
  card.style.setProperty("--from", top);
  card.style.setProperty("--long", long);
  for (const time of card.querySelectorAll("[data-clock], .first time")) time.textContent = clockAt(column, top);
}

// Only the end moves; the card says until when.
export function stretch(card, until) {
  const from = Number(card.dataset.from);
  const long = Math.max(LEAST, Math.min(until, minutes()) - from);
  stand(card, card.parentElement, from, long);
  card.dataset.until = `${clockAt(card.parentElement, from)} – ${clockAt(card.parentElement, from + long)}`;
}

export function drop(values = {}) {
  const done = setDown();
  if (!done) return;
  if (isMoved(done) || values.on) send(done, values);
  else putBack(done);
}

export function giveUp() {
  const done = setDown();
  if (done) putBack(done);
  return Boolean(done);
}

function setDown() {
  const done = moved;
  moved = null;
  done?.card.classList.remove("dragged", "carried");
  delete done?.card.dataset.until;
  document.documentElement.classList.remove("dragging");
  return done;
}

const isLonger = ({ card, long }) => Number(card.dataset.long) !== long;
const isMoved = (done) =>
  isLonger(done) || Number(done.card.dataset.from) !== done.from || done.card.parentElement !== done.column;

function send(done, { on, time } = {}) {
  const { card, column } = done;
  card.classList.add("waiting");
  card.addEventListener("htmx:afterRequest", (event) => settle(done, event.detail.successful), { once: true });
  const when = on ? { on, time } : { starts_at: instantAt(card.parentElement, Number(card.dataset.from)) };
  const values = { ...when, resource_id: card.parentElement.dataset.resource, from_id: column.dataset.resource };
  Object.assign(values, { part: card.dataset.part, expected_version: card.dataset.version, key: freshKey() });
  if (isLonger(done)) values.duration_minutes = card.dataset.long;
  htmx.ajax("POST", card.dataset.move, { source: card, swap: "none", target: "#messages", values });
}

function settle(done, isAccepted) {
  done.card.classList.remove("waiting");
  if (isAccepted) done.ghost.remove();
  else putBack(done);
}

function putBack(done) {
  done.ghost.replaceWith(done.card);
  stand(done.card, done.column, done.from, done.long);
}
