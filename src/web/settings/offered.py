"""What the forms of the planning offer: colours, lengths of time, horizons."""

from collections.abc import Iterable

from flask_babel import gettext

from web.formats import lasting
from web.words import days_words

COLOURS = ("#2f3fa8", "#0f7a4f", "#a86500", "#c2255c", "#7a3fae", "#0b7285", "#b4471f", "#5f647e")
A_DAY = 24 * 60
LENGTHS = (0, 15, 30, 60, 2 * 60, 4 * 60, 12 * 60, A_DAY, 2 * A_DAY, 3 * A_DAY, 7 * A_DAY, 14 * A_DAY)
HORIZONS = (7, 14, 30, 60, 90, 120, 180, 365, 730)

Choices = list[tuple[str, str]]


def colours(chosen: str) -> list[str]:
    """The usual ones, and the chosen one where it is another."""
    return [*COLOURS, *([chosen] if chosen and chosen not in COLOURS else [])]


def lengths(chosen: int | None, empty: str = "") -> Choices:
    return choices(LENGTHS, chosen, empty, length_words)


def horizons(chosen: int | None, empty: str) -> Choices:
    return choices(HORIZONS, chosen, empty, days_words)


def choices(usual: Iterable[int], chosen: int | None, empty: str, say) -> Choices:  # noqa: ANN001 — a number in words
    known = sorted({*usual, *([] if chosen is None else [chosen])})
    return [*([("", empty)] if empty else []), *((str(each), say(each)) for each in known)]


def length_words(minutes: int) -> str:
    if not minutes:
        return gettext("none")
    return lasting(minutes) if minutes % A_DAY else days_words(minutes // A_DAY)
