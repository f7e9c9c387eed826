// The side panel follows the appointment it shows.
import { grid, visits } from "./grid.js";

const panel = () => document.getElementById("panel");
const shown = () => panel()?.querySelector("[data-panel]")?.dataset.panel;
const address = () => panel().querySelector("[data-panel]").dataset.address ?? `/appointments/${shown()}`;

export function startPanel() {
  document.addEventListener("click", clicked);
  document.body.addEventListener("htmx:afterSwap", swapped);
  document.body.addEventListener("htmx:responseError", gone);
  markSelected();
}

export function closePanel() {
  if (!shown()) return false;
  const card = grid().querySelector(".visit.selected");
  panel().replaceChildren();
  markSelected();
  card?.focus();
  return true;
}

export function markSelected() {
  for (const card of visits()) card.classList.toggle("selected", card.dataset.visit === shown());
}

// Words being written in the panel are never swept away by a refresh.
export function refreshPanel() {
  const isInUse = panel().contains(document.activeElement) || panel().querySelector("details[open], #move form");
  if (shown() && !isInUse) htmx.ajax("GET", location.origin + address(), { target: "#panel" });
}

function clicked(event) {
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy);
  if (!event.target.closest("[data-close-panel]")) return;
  event.preventDefault();
  closePanel();
}

function swapped(event) {
  if (event.detail.target !== panel()) return;
  const isByKey = document.activeElement?.matches(".visit:focus-visible");
  markSelected();
  if (isByKey) panel().querySelector("h2")?.focus({ preventScroll: true });
}

function gone(event) {
  if (event.detail.xhr.status === 404 && event.detail.target === panel()) closePanel();
}
