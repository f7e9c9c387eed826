// The week of hours as bars: drawn, moved, stretched and removed by pointer or keys, kept at once.
const STEP = 15;
const LEAST = 15;
const THRESHOLD = 4;
const PAUSE = 600;
let drag = null;
let timer = null;
let wanted = "";
let isOpen = false;
let kept = "";

const week = () => document.querySelector("#hours .week");
const written = () => document.getElementById("written");
const form = () => document.getElementById("week");
const isBusy = () => week().getAttribute("aria-busy") === "true";
const clock = (minute) => `${Math.floor(minute / 60) % 24}:${String(minute % 60).padStart(2, "0")}`;
const span = (bar) => [Number(bar.dataset.start), Number(bar.dataset.end)];
const barsOf = (track) => [...track.querySelectorAll(".period")];
const rowOf = (bar) => document.querySelector(bar.getAttribute("href"));

document.addEventListener("pointerdown", press);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", putBack);
document.addEventListener("keydown", key);
document.addEventListener("click", click);
document.addEventListener("toggle", (event) => event.target.id === "written" && (isOpen = event.target.open), true);
document.body.addEventListener("htmx:afterRequest", settle);
document.body.addEventListener("htmx:oobAfterSwap", (event) => event.detail.target.id === "hours" && show());
// Nothing of what is swapped is carried over: a style attribute would not be let in.
htmx.config.attributesToSettle = [];
show();

// As it was told, and then drawn: style attributes are not let in, so positions are set here.
function show() {
  kept = document.getElementById("hours").innerHTML;
  const { opens, closes } = week().dataset;
  week().dataset.drawn = "true";
  week().style.setProperty("--opens", opens);
  week().style.setProperty("--span", closes - opens);
  for (const one of week().querySelectorAll("[data-start]")) place(one, one.dataset.start, one.dataset.end);
  written().open ||= isOpen;
  document.getElementById(wanted)?.focus({ preventScroll: true });
  wanted = "";
}

function place(one, start, end) {
  one.style.setProperty("--from", start);
  one.style.setProperty("--to", end);
}

function press(event) {
  const track = event.target.closest(".track");
  if (!track || event.button !== 0 || isBusy()) return;
  clearTimeout(timer);
  const bar = event.target.closest(".period");
  drag = { track, bar, x: event.clientX, at: minuteAt(track, event.clientX), isMoved: false };
  drag.how = bar ? grip(bar, event) : "draw";
  drag.from = bar ? span(bar) : [drag.at, drag.at];
  track.setPointerCapture(event.pointerId);
}

function grip(bar, event) {
  const box = bar.getBoundingClientRect();
  const edge = Math.min(event.pointerType === "touch" ? 20 : 12, box.width / 3);
  if (event.clientX < box.left + edge) return "start";
  return event.clientX > box.right - edge ? "end" : "move";
}

function minuteAt(track, x) {
  const box = track.getBoundingClientRect();
  const { opens, closes } = week().dataset;
  const minute = Number(opens) + ((x - box.left) / box.width) * (closes - opens);
  return Math.round(minute / STEP) * STEP;
}

function move(event) {
  if (!drag) return;
  if (!drag.isMoved && Math.abs(event.clientX - drag.x) < THRESHOLD) return;
  drag.isMoved = true;
  drag.bar ??= drawBar(drag.track);
  drag.bar.classList.add("held");
  stand(drag.bar, ...changed(drag.how, drag.from, minuteAt(drag.track, event.clientX) - drag.at));
  foresee(drag.track);
}

function changed(how, [start, end], by) {
  const { opens, closes } = week().dataset;
  const within = (minute, least, most) => Math.max(least, Math.min(most, minute));
  if (how === "start") return [within(start + by, Number(opens), end - LEAST), end];
  if (how === "end") return [start, within(end + by, start + LEAST, Number(closes))];
  if (how === "draw") return by < 0 ? changed("start", [start, start + LEAST], by) : changed("end", [start, start], by);
  const shift = within(by, Number(opens) - start, Number(closes) - end);
  return [start + shift, end + shift];
}

function drawBar(track) {
  const bar = document.createElement("a");
  bar.className = "period";
  bar.draggable = false;
  bar.href = `#row-${track.dataset.day}-new`;
  bar.append(document.createElement("span"));
  track.querySelector(".closed")?.remove();
  track.append(bar);
  return bar;
}

function stand(bar, start, end) {
  Object.assign(bar.dataset, { start, end });
  place(bar, start, end);
  bar.querySelector("span").textContent = `${clock(start)}–${clock(end)}`;
}

// Says before anything is kept how many appointments would fall outside.
function foresee(track) {
  const place = document.getElementById("foreseen");
  if (!track.dataset.ahead) return;
  const bars = barsOf(track).map(span);
  const isOut = ([from, to]) => !bars.some(([start, end]) => start <= from && to <= end);
  const count = JSON.parse(track.dataset.ahead).filter(isOut).length;
  const { one, many } = form().dataset;
  place.textContent = count ? (count === 1 ? one : many.replace("2", count)) : "";
}

function release() {
  if (!drag) return;
  const { bar, isMoved, from } = drag;
  drag.track.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
  drag = null;
  bar?.classList.remove("held");
  if (!bar) return;
  if (!isMoved) return openRow(rowOf(bar));
  if (String(span(bar)) !== String(from)) keep(bar);
}

function putBack() {
  if (!drag) return;
  if (drag.how === "draw") drag.bar?.remove();
  else stand(drag.bar, ...drag.from);
  drag = null;
}

function keep(bar) {
  const [start, end] = span(bar);
  write(rowOf(bar), clock(start), clock(end));
  bar.focus();
  send(bar.id || `add-${bar.parentElement.dataset.day}`);
}

function write(row, start, end) {
  row.querySelector("[name=start]").value = start && start.padStart(5, "0");
  row.querySelector("[name=end]").value = end && end.padStart(5, "0");
}

function send(focus) {
  wanted = focus;
  week().setAttribute("aria-busy", "true");
  form().requestSubmit();
}

// What was refused, or never arrived, is drawn again as it is kept.
function settle(event) {
  if (event.target.id !== "week" || event.detail.successful) return;
  const hours = document.getElementById("hours");
  hours.innerHTML = kept;
  htmx.process(hours);
  show();
}

function openRow(row) {
  written().open = true;
  row.querySelector("[name=start]").focus();
}

function key(event) {
  if (event.key === "Escape" && drag) return putBack();
  const bar = event.target.closest?.(".period");
  if (!bar || isBusy() || event.ctrlKey || event.metaKey || event.altKey) return;
  const by = { ArrowLeft: -STEP, ArrowRight: STEP, ArrowUp: -STEP, ArrowDown: STEP }[event.key];
  if (by) shift(bar, event.key.endsWith("Up") || event.key.endsWith("Down") ? "start" : event.shiftKey ? "end" : "move", by);
  else if (["Delete", "Backspace"].includes(event.key)) remove(bar);
  else return;
  event.preventDefault();
}

function shift(bar, how, by) {
  stand(bar, ...changed(how, span(bar), by));
  foresee(bar.parentElement);
  document.getElementById("say").textContent = bar.textContent;
  clearTimeout(timer);
  timer = setTimeout(() => keep(bar), PAUSE);
}

function remove(bar) {
  clearTimeout(timer);
  write(rowOf(bar), "", "");
  send(`add-${bar.parentElement.dataset.day}`);
}

function click(event) {
  const add = event.target.closest("[data-add]");
  const bar = event.target.closest(".period");
  if (bar) {
    event.preventDefault();
    if (event.detail === 0) openRow(rowOf(bar));
  }
  if (!add || isBusy()) return;
  event.preventDefault();
  addTo(add.closest(".weekday").querySelector(".track"));
}

// The morning of an empty day; else an hour after what is there, or the fields where nothing is left.
function addTo(track) {
  const last = Math.max(0, ...barsOf(track).map((bar) => span(bar)[1]));
  const start = last ? last + 60 : 9 * 60;
  const end = Math.min(start + (last ? 240 : 180), Number(week().dataset.closes));
  const row = document.getElementById(`row-${track.dataset.day}-new`);
  if (end - start < LEAST) return openRow(row);
  write(row, clock(start), clock(end));
  send(`add-${track.dataset.day}`);
}
