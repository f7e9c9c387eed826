// The page keeps up: what others change, and the line of the present moment.
import { drawPencil } from "./create.js";
import { clockAt, grid, minutes, opens, visits } from "./grid.js";
import { roam } from "./keys.js";
import { isMoving } from "./moving.js";
import { markSelected, refreshPanel } from "./panel.js";
import { isDrawing } from "./stretch.js";

const EVERY = 5_000;
const TICK = 20_000;
const MINUTE = 60_000;
const started = performance.now();
let serverTime = 0;
let isLooking = false;

export function startLive() {
  serverTime = Date.parse(grid().dataset.now);
  setInterval(look, EVERY);
  setInterval(tick, TICK);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  document.body.addEventListener("agenda-changed", () => look({ isOurs: true }));
  scrollToNow();
}

// What a hand holds is not drawn anew under it.
const isHeld = () => isMoving() || isDrawing();

async function look({ isOurs = false } = {}) {
  if (isHeld() || (!isOurs && (document.hidden || isLooking || grid().querySelector(".waiting")))) return;
  isLooking = true;
  try {
    await take(await ask(), isOurs);
  } catch {
    // The network is away: the next look, in a few seconds, tries again.
  } finally {
    isLooking = false;
  }
}

function ask() {
  const { changes, mark } = grid().dataset;
  return fetch(`${changes}&mark=${encodeURIComponent(mark)}`, { headers: { "HX-Request": "true" } });
}

async function take(answer, isOurs) {
  if (answer.headers.has("HX-Redirect")) return location.reload();
  if (answer.status === 204) return remember(answer.headers.get("Carnet-Mark"));
  if (!answer.ok || isHeld()) return;
  redraw(await answer.text(), isOurs);
}

function remember(mark) {
  if (mark) grid().dataset.mark = mark;
}

function redraw(html, isOurs) {
  const before = new Map(visits().map((card) => [card.id, place(card)]));
  const lookedAt = grid().querySelector('.visit[tabindex="0"]')?.id;
  htmx.swap("#grid", html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  markSelected();
  drawPencil();
  roam(document.getElementById(lookedAt) ?? undefined);
  refreshPanel();
  if (!isOurs) for (const card of visits()) card.classList.toggle("fresh", before.get(card.id) !== place(card));
}

const place = (card) => `${card.parentElement.getAttribute("aria-labelledby")} ${card.dataset.from} ${card.dataset.long} ${card.dataset.state}`;

function tick() {
  const now = serverTime + performance.now() - started;
  const line = grid().querySelector("[data-now-line]");
  if (!line) return;
  const top = (now - opens(line.parentElement)) / MINUTE;
  const isShown = top >= 0 && top < minutes();
  for (const one of grid().querySelectorAll("[data-now-line], [data-now-flag]")) {
    one.hidden = !isShown;
    one.style.setProperty("--from", top);
  }
  const flag = grid().querySelector("[data-now-flag]");
  if (flag && isShown) flag.textContent = clockAt(line.parentElement, Math.floor(top));
}

// Later in the day than fits: the present moment is brought to the first third of the sheet, the day into the strip.
function scrollToNow() {
  document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const line = grid().querySelector("[data-now-line]");
  const sheet = document.getElementById("sheet");
  if (line) sheet.scrollTop = line.offsetTop - sheet.clientHeight / 3;
}
