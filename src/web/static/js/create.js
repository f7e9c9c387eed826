// A click on an empty time opens the popover beside its column, with a pencil mark where the appointment would stand.
import { clockAt, columnOf, grid, instantAt, minuteAt, minuteOf } from "./grid.js";

const place = () => document.getElementById("popover");
const popover = () => place().querySelector("[data-popover]");

export function startCreating() {
  document.addEventListener("click", clicked);
  document.addEventListener("pointerdown", (event) => event.target.closest(".visit") && closePopover());
  document.body.addEventListener("htmx:afterSwap", swapped);
}

export function closePopover() {
  if (!popover()) return false;
  place().replaceChildren();
  rubOut();
  return true;
}

function clicked(event) {
  if (event.target.closest("[data-close]")) return closePopover();
  const client = event.target.closest("[data-client]");
  if (client) return choose(client);
  const column = event.target.closest(".column");
  if (column?.matches("[data-takes]") && !event.target.closest("a")) return open(column, event.clientY, minuteAt(event.clientY));
  if (!event.target.closest("[data-popover], .messages")) closePopover();
}

// From a minute on; with an end, for exactly so long.
export async function open(column, y, from, until) {
  const url = grid().dataset.new;
  if (!url) return;
  const asked = new URLSearchParams({ resource: column.dataset.resource, at: instantAt(column, from) });
  if (until) asked.set("until", instantAt(column, until));
  await htmx.ajax("GET", `${url}?${asked}`, { target: "#popover", swap: "innerHTML" });
  if (popover()) stand(column, y);
  else rubOut();
}

function stand(column, y) {
  const box = column.getBoundingClientRect();
  const own = popover();
  const right = box.right + 8;
  const left = right + own.offsetWidth < innerWidth - 12 ? right : box.left - own.offsetWidth - 8;
  own.style.left = `${Math.max(12, left < 12 ? (innerWidth - own.offsetWidth) / 2 : left)}px`;
  own.style.top = `${Math.max(12, Math.min(y - 80, innerHeight - own.offsetHeight - 12))}px`;
  own.tabIndex = -1;
  own.focus({ preventScroll: true });
}

function swapped(event) {
  if (event.detail.target?.closest("#popover")) drawPencil();
}

// Drawn again after the columns are redrawn, so that the mark stays as long as the popover does.
export function drawPencil() {
  rubOut();
  const { resource, starts, minutes } = popover()?.dataset ?? {};
  const column = starts && columnOf(resource, starts);
  if (column) drawMark(column, minuteOf(column, starts), minutes);
}

export function drawMark(column, from, long) {
  rubOut();
  const mark = document.createElement("div");
  mark.className = "pencil";
  mark.textContent = `${clockAt(column, from)} ${grid().dataset.pencil}`;
  mark.style.setProperty("--from", from);
  mark.style.setProperty("--long", long);
  column.append(mark);
}

export const rubOut = () => grid().querySelector(".pencil")?.remove();

function choose(client) {
  for (const one of place().querySelectorAll("[data-client]")) one.setAttribute("aria-pressed", String(one === client));
  place().querySelector("[data-step]")?.classList.add("ok");
}
