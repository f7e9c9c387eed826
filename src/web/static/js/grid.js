// The drawn days: between pixels, minutes from the top of a column, instants, and the clock on the wall of the house.
const MINUTE = 60_000;
const SNAP = 5;

export const grid = () => document.getElementById("grid");
export const minutes = () => Number(grid().dataset.minutes);
export const opens = (column) => Date.parse(column.dataset.opens);
export const columns = () => [...grid().querySelectorAll(".column")];
export const visits = (within = grid()) => [...within.querySelectorAll(".visit:not(.ghost)")];
export const columnAt = (x, y) => columnAmong(document.elementsFromPoint(x, y));
export const columnAmong = (elements) => elements.find((one) => one.matches(".column"));
export const isShownIn = (column, instant) => minuteOf(column, instant) >= 0 && minuteOf(column, instant) < minutes();

// The column of somebody in which this instant stands.
export const columnOf = (resource, instant) =>
  columns().find((one) => one.dataset.resource === resource && isShownIn(one, instant));

export function minuteAt(y, snap = SNAP) {
  const box = columns()[0].getBoundingClientRect();
  const minute = ((y - box.top) / box.height) * minutes();
  return Math.floor(minute / snap) * snap;
}

export const instantAt = (column, minute) =>
  new Date(opens(column) + minute * MINUTE).toISOString().replace(".000", "");
export const minuteOf = (column, instant) => (Date.parse(instant) - opens(column)) / MINUTE;

// The browser's own zone never matters: the house's is named by the server. To make one costs more than to use it often.
let clock = null;
export function clockAt(column, minute) {
  const shape = { timeZone: grid().dataset.zone, hour: "numeric", minute: "2-digit", hourCycle: "h23" };
  clock ??= new Intl.DateTimeFormat(document.documentElement.lang, shape);
  return clock.format(opens(column) + minute * MINUTE);
}

export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
