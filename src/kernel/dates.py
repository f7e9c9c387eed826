"""Dates in words, by the patterns of Unicode (CLDR)."""

import re
from datetime import date, datetime

from babel.dates import format_date, format_datetime

FIRST = re.compile(r"\b1(?= [^\W\d_])")


def date_words(at: date | datetime, pattern: str, language: str) -> str:
    """A date, or an instant on the clock of its own zone. In French the first of a month is the 1er."""
    write = format_datetime if isinstance(at, datetime) else format_date
    written = write(at, pattern, locale=language)
    return FIRST.sub("1er", written) if language == "fr" else written
