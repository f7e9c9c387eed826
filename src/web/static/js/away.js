// Without a network: what was kept is read with its hour, and nothing is sent that would be lost.
import { sayOffline } from "./messages.js";

const root = document.documentElement;
// Of the files of this program, as it stands in the address of each.
const VERSION = new URL(import.meta.url).pathname.split("/")[2];
const FILE = /\/(static|look)\//;

export function startAway() {
  // Addresses other than https and this very machine have no such script.
  if ("serviceWorker" in navigator) keep();
  if (root.dataset.keptAt) mark(Number(root.dataset.keptAt));
  addEventListener("offline", () => mark(loadedAt()));
  addEventListener("online", back);
  document.body.addEventListener("htmx:afterRequest", readKept);
  document.addEventListener("submit", refuse, true);
}

const loadedAt = () => performance.timeOrigin;

async function keep() {
  const isSignedIn = document.body.dataset.member;
  if (!isSignedIn) return forget();
  const workers = navigator.serviceWorker;
  const before = workers.controller?.scriptURL;
  const wanted = new URL(`/keeper.js?${VERSION}`, location).href;
  const taken = new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
  await workers.register(wanted);
  if (before === wanted) return;
  if (before) await taken;
  const { active } = await workers.ready;
  const files = performance.getEntriesByType("resource").map((one) => one.name).filter((one) => FILE.test(one));
  active.postMessage({ files, address: location.href });
}

// At the door nothing stays of whoever was here.
async function forget() {
  const pages = (await caches.keys()).filter((one) => one.startsWith("carnet-pages-"));
  await Promise.all(pages.map((one) => caches.delete(one)));
}

function readKept({ detail: { xhr } }) {
  const at = xhr?.getResponseHeader("Carnet-Kept-At");
  if (at && !xhr.responseURL.startsWith("blob:")) mark(Number(at));
}

function mark(at) {
  document.getElementById("kept")?.remove();
  const bar = document.getElementById("away").content.firstElementChild.cloneNode(true);
  bar.id = "kept";
  const hour = new Intl.DateTimeFormat(root.lang, { hour: "numeric", minute: "2-digit" }).format(at);
  bar.querySelector("time").textContent = hour;
  document.querySelector(".shell, main").before(bar);
  root.dataset.away = "true";
}

function back() {
  if (root.dataset.keptAt) return location.reload();
  document.getElementById("kept")?.remove();
  delete root.dataset.away;
}

// A form that goes to another page would leave this one for the browser's own word of failure.
function refuse(event) {
  const form = event.target;
  const isRead = form.method === "get" || form.closest("[hx-post], [hx-get]");
  if (isRead || !root.dataset.away || navigator.onLine) return;
  event.preventDefault();
  sayOffline(() => form.requestSubmit(event.submitter));
}
