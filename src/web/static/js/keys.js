// One tab stop in the grid with arrows inside it, and single letters for what is used all day.
import { carry, carryOn, isCarrying } from "./carry.js";
import { closePopover } from "./create.js";
import { columns, grid, visits } from "./grid.js";
import { dismiss, undo } from "./messages.js";
import { closePanel } from "./panel.js";

const START = (card) => Number(card.dataset.from);
const byTime = (column) => visits(column).sort((one, two) => START(one) - START(two));

export function startKeys() {
  document.addEventListener("keydown", pressed);
  if (grid()) roam();
}

// Keeps exactly one card in the tab order: the one last looked at, else the first.
export function roam(card = grid().querySelector('.visit[tabindex="0"]') ?? visits()[0]) {
  for (const one of visits()) one.tabIndex = -1;
  if (card) card.tabIndex = 0;
}

function pressed(event) {
  if (isCarrying()) return carryOn(event);
  const isWriting = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") return escape(event);
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isWriting) return undo() && event.preventDefault();
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest(".visit") && event.key.startsWith("Arrow")) return arrow(event);
  if (document.documentElement.dataset.letters !== "off") letter(event);
}

function escape(event) {
  event.target.closest("input[type=search]")?.blur();
  const menu = document.querySelector("[data-menu][open]");
  if (menu) menu.open = false;
  else if (!document.documentElement.classList.contains("dragging")) closePopover?.() || closePanel() || dismiss();
}

function letter(event) {
  if (event.key === "?") return document.getElementById("keys")?.showModal();
  if (event.key === "m" && carry(event.target.closest(".visit") ?? document.querySelector(".visit.selected")))
    return event.preventDefault();
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
}

function arrow(event) {
  const next = neighbour(event.target.closest(".visit"), event.key);
  if (!next) return;
  event.preventDefault();
  roam(next);
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function neighbour(card, key) {
  const column = byTime(card.parentElement);
  const place = column.indexOf(card);
  if (key === "ArrowDown") return column[place + 1];
  if (key === "ArrowUp") return column[place - 1];
  return beside(card, key === "ArrowRight" ? 1 : -1);
}

function beside(card, step) {
  const all = columns();
  for (let at = all.indexOf(card.parentElement) + step; all[at]; at += step) {
    const near = byTime(all[at]).sort((one, two) => Math.abs(START(one) - START(card)) - Math.abs(START(two) - START(card)));
    if (near.length) return near[0];
  }
  return null;
}
