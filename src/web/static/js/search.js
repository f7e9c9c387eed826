// What the one box finds is walked with the arrows, opened with Enter, and left with Escape.
const box = () => document.querySelector("[data-search] input");
const found = () => document.querySelector("[data-found]");
const hits = () => [...found().querySelectorAll('[role="option"]')];
const chosen = () => found().querySelector('[aria-selected="true"]');

export function startSearching() {
  if (!box()) return;
  box().setAttribute("role", "combobox");
  box().setAttribute("aria-autocomplete", "list");
  tell();
  box().addEventListener("keydown", pressed);
  box().addEventListener("input", () => box().value.trim() || close());
  document.addEventListener("click", (event) => event.target.closest("[data-search]") || close());
  document.body.addEventListener("htmx:afterSwap", (event) => event.detail.target === found() && tell());
}

function pressed(event) {
  if (event.key === "Escape" && hits().length) event.stopPropagation();
  if (event.key === "Escape") close();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event, event.key === "ArrowDown" ? 1 : -1);
  if (event.key === "Enter" && chosen()) {
    event.preventDefault();
    chosen().click();
  }
}

function walk(event, step) {
  const all = hits();
  if (!all.length) return;
  event.preventDefault();
  const at = all.indexOf(chosen());
  choose(all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
}

function choose(hit) {
  chosen()?.setAttribute("aria-selected", "false");
  hit.setAttribute("aria-selected", "true");
  hit.scrollIntoView({ block: "nearest" });
  box().setAttribute("aria-activedescendant", hit.id);
}

function close() {
  found().replaceChildren();
  tell();
}

function tell() {
  box().setAttribute("aria-expanded", String(hits().length > 0));
  box().setAttribute("aria-controls", hits().length ? "hits" : "found");
  box().removeAttribute("aria-activedescendant");
}
