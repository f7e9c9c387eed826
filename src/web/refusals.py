"""A refusal in words: what happened, what stays true, the next free time, and the rule that staff may set aside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, request
from flask_babel import format_decimal, gettext
from msgspec import Struct

from agenda import queries as agenda
from agenda.wanted import Wanted
from kernel.errors import Refusal
from projections import desk as desk_view
from projections.desk import AppointmentCard
from web import visit
from web.formats import clock, iso, local_day, when
from web.sight import SEE, may
from web.words import status_words, value_words

# What the refused form's way out sends anew: the time, and the marks of one sending.
RENEWED = frozenset({"csrf_token", "key", "override", "reason"})
MOMENT = frozenset({"starts_at", "on", "time"})
Fields = list[tuple[str, str]]


class Attempt(Struct, frozen=True, kw_only=True):
    """The time that a request tries to take, for what, and what stays true if it may not."""

    starts_at: datetime
    stays: str
    wanted: list[Wanted] = []
    appointment_id: UUID | None = None


class Way(Struct, frozen=True, kw_only=True):
    """The refused form, changed so that it can be sent again."""

    url: str
    fields: Fields
    words: str = ""


class Explanation(Struct, frozen=True, kw_only=True):
    happened: str
    stays: str = ""
    obstacle: str = ""
    next_free: Way | None = None
    override: Way | None = None
    is_for_booking: bool = True


class Known(dict[str, Any]):
    """The facts of a sentence; one that is not known is written as an ellipsis rather than failing."""

    def __missing__(self, name: str) -> str:
        return "…"


def attempting(**facts: Any) -> None:
    g.attempt = Attempt(**facts)


def plain(name: str) -> Explanation:
    return Explanation(happened=gettext(name), stays=gettext("Nothing was changed."))


def missing(names: list[str]) -> Explanation:
    said = ", ".join(gettext(f"field.{name}") for name in names)
    words = gettext("Something is missing or cannot be read: %(fields)s.", fields=said)
    return Explanation(happened=words, stays=gettext("Nothing was changed."))


def explained(refusal: Refusal) -> Explanation:
    attempt: Attempt | None = g.get("attempt")
    holder = holder_of(refusal)
    rules = refusal.facts.get("rules") or [refusal.rule]
    is_settled_otherwise = attempt is not None and bool(refusal.rule)
    return Explanation(
        happened=sentence(refusal, holder),
        stays=attempt.stays if attempt else gettext("Nothing was changed."),
        obstacle=str(holder.id) if holder else "",
        next_free=next_free(attempt) if is_settled_otherwise else None,
        override=overriding(rules) if is_settled_otherwise else None,
        is_for_booking=attempt is not None and attempt.appointment_id is None,
    )


def sentence(refusal: Refusal, holder: AppointmentCard | None = None) -> str:
    """The sentence of this refusal's name, from the catalogue of the reader's language."""
    name = type(refusal).__name__
    facts = {key: fact_words(key, value) for key, value in refusal.facts.items()}
    if holder is None:
        return gettext(name) % Known(facts)
    who = holder.client.name if holder.client else gettext("another appointment")
    facts |= {"who": who, "from": clock(holder.starts_at), "to": clock(holder.ends_at)}
    return gettext(f"{name}.by") % Known(facts)


def fact_words(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, float):
        return format_decimal(value)
    return status_words(value) if name == "status" else value_words(name, value)


def holder_of(refusal: Refusal) -> AppointmentCard | None:
    """The appointment that already holds the time, where it is one that the visitor may look at."""
    taken_by = refusal.facts.get("taken_by")
    if refusal.rule != "taken" or not taken_by:
        return None
    holder = desk_view.appointment(visit.store(), visit.house(), UUID(taken_by))
    return holder if may(SEE, holder) else None


def next_free(attempt: Attempt) -> Way | None:
    if not attempt.wanted:
        return None
    after = max(attempt.starts_at, visit.now())
    house = (visit.store(), visit.house())
    slot = agenda.first_slot(*house, attempt.wanted, after, visit.now(), for_staff=True)
    return way_to(slot.starts_at, attempt) if slot else None


def way_to(starts_at: datetime, attempt: Attempt) -> Way:
    is_same_day = local_day(starts_at) == local_day(attempt.starts_at)
    words = clock(starts_at) if is_same_day else when(starts_at)
    kept = [field for field in fields_sent() if field[0] not in MOMENT]
    return Way(url=request.path, fields=[*kept, ("starts_at", iso(starts_at))], words=words)


def overriding(rules: list[str]) -> Way:
    """The same request with these rules set aside, beside those set aside before."""
    aside = {*request.form.getlist("override"), *rules}
    return Way(url=request.path, fields=[*fields_sent(), *(("override", one) for one in sorted(aside))])


def fields_sent() -> Fields:
    return [field for field in request.form.items(multi=True) if field[0] not in RENEWED]
