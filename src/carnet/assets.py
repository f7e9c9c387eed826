"""The files pages need: from node_modules, copied at set-up; a sprite of the icons in use, and the app's own icons."""

import os
import re
from pathlib import Path

from carnet.app_icons import icons

PROJECT = Path(__file__).parents[2]
MODULES = PROJECT / "node_modules"
ASSETS = PROJECT / "src/web/static/assets"

COPIED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "LICENSE-htmx",
    "lucide-static/LICENSE": "LICENSE-lucide",
}
ICONS = """
    arrow-right ban book-open calendar-days calendar-off calendar-plus chart-column check chevron-left
    chevron-right clipboard-list clock columns-3 copy door-open download eye heart-pulse history hourglass info
    key-round building-2 life-buoy list lock log-out mail mail-check mail-warning map-pin message-square move palette
    pencil phone plus printer qr-code repeat search settings shield-check sliders-horizontal star sticky-note trash-2
    triangle-alert undo-2 upload user-check user-x users video webhook wifi-off x
""".split()  # noqa: SIM905 — a list would be one name a line, for forty lines.

SPRITE = '<svg xmlns="http://www.w3.org/2000/svg">\n{}\n</svg>\n'
SYMBOL = (
    '<symbol id="i-{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{}</symbol>'
)


def symbol(name: str) -> str:
    drawing = (MODULES / f"lucide-static/icons/{name}.svg").read_text()
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL).group(1)
    return SYMBOL.format(name, re.sub(r"\s+", " ", shapes).strip())


def sprite() -> str:
    return SPRITE.format("\n".join(symbol(name) for name in ICONS))


def replace(target: Path, content: bytes) -> None:
    # A server may be reading the old file: it is replaced whole, never rewritten in place.
    fresh = target.with_suffix(".new")
    fresh.write_bytes(content)
    os.replace(fresh, target)


def install() -> None:
    ASSETS.mkdir(parents=True, exist_ok=True)
    for source, name in COPIED.items():
        replace(ASSETS / name, (MODULES / source).read_bytes())
    replace(ASSETS / "sprite.svg", sprite().encode())
    for name, content in icons():
        replace(ASSETS / name, content)


if __name__ == "__main__":
    install()
