"""With what and from where somebody comes, in words that they recognise themselves by."""

import re

from msgspec import Struct

# The first that fits: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"Linux|X11", "Linux"),
)
LONGEST = 60


class Browser(Struct, frozen=True, kw_only=True):
    """`words` names browser and system; `device` is the secret by which this browser is known, from an earlier time or
    drawn for it just now."""

    words: str = ""
    address: str = ""
    device: str


def words_of(user_agent: str) -> str:
    """Firefox · Windows; empty for what names neither."""
    found = (next((name for sign, name in known if re.search(sign, user_agent)), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(name for name in found if name)[:LONGEST]
