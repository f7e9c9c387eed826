// What is told: shown for ten seconds unless somebody is on it, said aloud, and taken back on demand.
const LASTS = 10_000;
const place = () => document.getElementById("messages");

export function startMessages() {
  new MutationObserver(told).observe(place(), { childList: true });
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]") && dismiss());
  document.body.addEventListener("htmx:sendError", offline);
  document.body.addEventListener("htmx:responseError", (event) => event.detail.xhr.status >= 500 && offline(event));
  told();
}

export function dismiss() {
  const isShown = place().childElementCount > 0;
  place().replaceChildren();
  clearObstacle();
  return isShown;
}

export function undo() {
  const button = place().querySelector("[data-undo]");
  button?.click();
  return Boolean(button);
}

function told() {
  clearObstacle();
  for (const toast of place().querySelectorAll("[data-toast]:not([data-told])")) {
    toast.dataset.told = "true";
    say(toast.querySelector("span").textContent);
    setTimeout(() => leave(toast), LASTS);
  }
  const refusal = place().querySelector("[data-refusal]");
  if (refusal) showObstacle(refusal.dataset.obstacle);
}

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => leave(toast), 1_000);
  else toast.remove();
}

export function say(words) {
  const voice = document.getElementById("say");
  voice.textContent = "";
  setTimeout(() => (voice.textContent = words), 50);
}

function showObstacle(id) {
  const card = id && document.querySelector(`.visit[data-visit="${CSS.escape(id)}"]`);
  card?.classList.add("in-the-way");
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function clearObstacle() {
  document.querySelector(".visit.in-the-way")?.classList.remove("in-the-way");
}

// The intent is kept, with its key: trying again never does the thing twice.
function offline(event) {
  const { verb, path, parameters } = event.detail.requestConfig;
  const again = () => {
    const values = parameters instanceof FormData ? rows(parameters) : parameters;
    htmx.ajax(verb.toUpperCase(), path, { target: "#messages", swap: verb === "get" ? "innerHTML" : "none", values });
  };
  sayOffline(again, { isLost: event.type === "htmx:sendError" });
}

// Fields of one name stay as many as they were.
const rows = (form) => Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));

export function sayOffline(retry, { isLost = true } = {}) {
  const note = document.getElementById("offline").content.cloneNode(true);
  note.querySelector("[data-lost]").hidden = !isLost;
  note.querySelector("[data-broken]").hidden = isLost;
  note.querySelector("[data-retry]").addEventListener("click", retry);
  place().replaceChildren(note);
}
