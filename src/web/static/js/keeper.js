// Works beside the pages: keeps the days and appointments seen last, to be read without a network, marked as of when.
// The server names whose a page is and which may be kept; nothing stays of somebody else, or of whoever signed out.
// It is asked for with the version of the program's files after a question mark: another version is another script.
const FILES = "carnet-files-" + location.search.slice(1);
const PAGES = "carnet-pages-";
const AWAY = "/away";
const MOST = 40;
const LONGEST = 12 * 3600 * 1000;
const AT = "Carnet-Kept-At";

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => event.waitUntil(keepThese(event.data)));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (/^\/(static|look)\//.test(url.pathname)) event.respondWith(file(event));
  else if (isPage(request, url)) event.respondWith(page(event));
});

const isFragment = (request) => request.headers.has("HX-Request");
const isPage = (request, url) => (request.mode === "navigate" || isFragment(request)) && !url.pathname.endsWith("/changes");

async function prepare() {
  const kept = await caches.open(FILES);
  await kept.add(AWAY);
  await self.skipWaiting();
}

// Pages that an earlier version wrote lead to files that are no more.
async function takeOver() {
  const others = (await caches.keys()).filter((one) => one.startsWith("carnet-") && one !== FILES);
  await Promise.all(others.map((one) => caches.delete(one)));
  await self.clients.claim();
}

// What the first page loaded before this script was there. A page on its way while the script began is not its own yet.
async function keepThese({ files = [], address = "" }) {
  await self.clients.claim();
  const kept = await caches.open(FILES);
  await Promise.allSettled(files.map((one) => kept.add(one)));
  if (address) await remember(new Request(address), await fetch(address));
}

async function file(event) {
  try {
    const answer = await fetch(event.request);
    const copy = answer.clone();
    if (answer.ok) event.waitUntil(caches.open(FILES).then((kept) => kept.put(event.request, copy)));
    return answer;
  } catch (away) {
    return (await caches.match(event.request, { cacheName: FILES })) ?? Promise.reject(away);
  }
}

async function page(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    event.waitUntil(remember(request, answer.clone()));
    return answer;
  } catch (away) {
    const kept = (await recall(request)) ?? (request.mode === "navigate" && (await caches.match(AWAY)));
    return kept || Promise.reject(away);
  }
}

async function remember(request, answer) {
  const reader = answer.headers.get("Carnet-Reader");
  const member = answer.headers.get("Carnet-Keep");
  if (new URL(request.url).pathname.startsWith("/sign-in")) return forgetAllBut("");
  // Any page of another member, as of the next house that one enters, ends what was kept.
  if (reader) await forgetAllBut(PAGES + reader);
  if (!member || !answer.ok) return;
  const pages = await caches.open(PAGES + member);
  const headers = new Headers(answer.headers);
  headers.set(AT, Date.now());
  await pages.delete(keyOf(request));
  await pages.put(keyOf(request), new Response(await answer.blob(), { headers }));
  const keys = await pages.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => pages.delete(key)));
}

async function forgetAllBut(name) {
  const others = (await caches.keys()).filter((one) => one.startsWith(PAGES) && one !== name);
  await Promise.all(others.map((one) => caches.delete(one)));
}

function keyOf(request) {
  const url = new URL(request.url);
  url.hash = "";
  if (isFragment(request)) url.searchParams.set("kept", "fragment");
  return url.href;
}

async function recall(request) {
  for (const name of (await caches.keys()).filter((one) => one.startsWith(PAGES))) {
    const pages = await caches.open(name);
    const kept = (await pages.match(keyOf(request))) ?? (await lastDay(pages, request));
    if (!kept) continue;
    if (Date.now() - kept.headers.get(AT) < LONGEST) return isFragment(request) ? kept : marked(kept);
    await caches.delete(name);
  }
}

// Today's address leads to a day, and the day seen last is what there is of it.
async function lastDay(pages, request) {
  if (!["/", "/agenda/"].includes(new URL(request.url).pathname)) return undefined;
  const days = (await pages.keys()).filter((one) => /\/agenda\/\d/.test(one.url) && !one.url.includes("kept="));
  return days.length ? pages.match(days.at(-1)) : undefined;
}

async function marked(kept) {
  const html = await kept.text();
  const said = html.replace("<html ", `<html data-kept-at="${Number(kept.headers.get(AT))}" `);
  return new Response(said, { headers: kept.headers });
}
