"""The log told in sentences: who did what, how, when, with the old and the new."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext
from msgspec import Struct

from projections.history import Change, HistoryLine
from web.choice_words import choice_words
from web.formats import clock, lasting, local_day, wall_words, when
from web.names import Names
from web.questions import answers_words
from web.rights_words import rights_words
from web.series_words import SERIES_WORDS, recurrence, wall_time_words
from web.sight import CONTACTS, may
from web.words import action, field_words, kind, origin_words, rule_words, value_words

# What only the machinery needs, and what is said in other words.
UNSAID = frozenset(
    {"zone", "expires_at", "terms", "currency", "source_id", "words_version", "is_by_client", "status"}
    | {"entry_id", "takes_back", "tells_client"}
)
# Of messages to clients, which are told on a page of their own.
UNSAID |= {"message_id", "appointment_id", "appointment_version", "channel", "due_at", "is_manual"}
# Of a person's account, whose history tells each fact by its name alone.
UNSAID |= {"passkey_id", "link_id", "session_id", "person_id", "why", "method", "purpose", "is_new_device"}


# Of a series: what its appointments say one by one, and who gives what, told like theirs.
UNSAID |= {"series_id", "occurrence_on", "is_exception", "occurrences", "skipped", "cancelled", "restored", "empty"}


class Changed(Struct, frozen=True):
    """A field in words (empty where the value says it), with what it was and what it is."""

    field: str
    old: str
    new: str


class Said(Struct, frozen=True, kw_only=True):
    """One action of the log, ready to be read."""

    stream_id: UUID
    name: str
    version: int
    position: int
    at: datetime
    icon: str
    state: str
    subject: str
    words: str
    who: str
    behalf: str
    how: str
    reason: str
    set_aside: str
    details: str
    changes: list[Changed]

    @property
    def on(self) -> date:
        return local_day(self.at)


def told_lines(lines: Iterable[HistoryLine]) -> list[Said]:
    lines = list(lines)
    names = Names(lines)
    return [said(line, names) for line in lines]


def said(line: HistoryLine, names: Names) -> Said:
    icon, state = kind(line.name)
    is_first = line.version == 1
    return Said(
        stream_id=line.stream_id,
        name=line.name,
        version=line.version,
        position=line.position,
        at=line.happened_at or line.at,
        icon=icon,
        state=state,
        subject=subject_of(line, names),
        words=action(line.name),
        who=names.actor(line.actor) or gettext("Automatic"),
        behalf=names.actor(line.behalf) if line.behalf else "",
        how=origin_words(line.origin),
        reason=line.reason,
        set_aside=", ".join(rule_words(rule) for rule in line.override),
        details=", ".join(details_of(line, names)) if is_first else "",
        changes=[] if is_first or is_out_of_sight(line) else list(changes_of(line, names)),
    )


def subject_of(line: HistoryLine, names: Names) -> str:
    """Whom or what it is about: the client, else the name that the event gives, else the person concerned."""
    if line.client_id:
        return names.of(line.client_id)
    if line.actor == f"staff/{line.stream_id}":
        return ""
    given = {change.field: change.new for change in line.changes}
    known = (names.of(line.stream_id), names.of(given.get("name_id")), given.get("name"))
    return next((str(name) for name in known if name), names.of(given.get("resource_id")))


def details_of(line: HistoryLine, names: Names) -> Iterator[str]:
    """Of a thing that begins: when it is, what it is, with whom."""
    given = {change.field: change.new for change in line.changes}
    if given.get("wall_at"):
        yield wall_words(given["wall_at"])
    if given.get("segments"):
        yield from (tell(given["segments"], names) for tell in (services, people))
    if given.get("rule"):
        yield from (recurrence(given["rule"]), wall_time_words(given["wall_time"]))
        yield from (tell(given["services"], names) for tell in (services, chosen))
    if given.get("starts_at") and given.get("ends_at"):
        yield span_words(*(datetime.fromisoformat(given[edge]) for edge in ("starts_at", "ends_at")))


def span_words(begins: datetime, ends: datetime) -> str:
    until = clock(ends) if local_day(begins) == local_day(ends) else when(ends)
    return gettext("%(from)s to %(to)s", **{"from": when(begins), "to": until})


def changes_of(line: HistoryLine, names: Names) -> Iterator[Changed]:
    for change in line.changes:
        if change.field in ("segments", "services"):
            yield from moved(change, names)
        elif change.field == "wall_at":
            yield time_changed(change)
        elif change.field == "fields":
            yield Changed("", "", ", ".join(names.of(one) or field_words(one) for one in change.new or []))
        elif change.field not in UNSAID:
            told = plain(change, names)
            yield Changed(told.field, "", told.new) if is_told_anew(line) else told


def is_told_anew(line: HistoryLine) -> bool:
    """Of a client's file each event speaks of something else: another note, another duplicate."""
    return line.name.startswith("Client") and not line.name.startswith("ClientField")


def is_out_of_sight(line: HistoryLine) -> bool:
    """Notes and contacts, for whoever sees clients by name only."""
    return is_told_anew(line) and not may(CONTACTS)


def time_changed(change: Change) -> Changed:
    """Both wall times; the day once only when it stays."""
    is_same_day = change.old[:10] == change.new[:10]
    return Changed("", wall_words(change.old, is_same_day), wall_words(change.new, is_same_day))


def moved(change: Change, names: Names) -> Iterator[Changed]:
    """What else than the time differs between the old segments and the new: the services, the people, the length."""
    for tell in (services, people, lengths) if change.field == "segments" else (services, chosen):
        old, new = tell(change.old or [], names), tell(change.new or [], names)
        if old != new:
            yield Changed("", old, new)


def services(segments: list[Any], names: Names) -> str:
    return ", ".join(names.of(one["service_id"]) for one in segments)


def people(segments: list[Any], names: Names) -> str:
    ids = dict.fromkeys(use["resource_id"] for one in segments for use in one["uses"])
    return ", ".join(name for id in ids if (name := names.of(id)))


def chosen(services: list[Any], names: Names) -> str:
    """Those named to give the services of a series."""
    ids = dict.fromkeys(id for one in services for id in one.get("resource_ids", ()))
    return ", ".join(name for id in ids if (name := names.of(id)))


def lengths(segments: list[Any], _: Names) -> str:
    spans = [datetime.fromisoformat(one["ends_at"]) - datetime.fromisoformat(one["starts_at"]) for one in segments]
    return lasting(sum(spans, timedelta()))


def plain(change: Change, names: Names) -> Changed:
    """What there was is left out where there was nothing."""
    old = "" if change.old is None else words_for(change.field, change.old, names)
    return Changed(field_words(change.field), old, words_for(change.field, change.new, names))


def words_for(field: str, value: Any, names: Names) -> str:
    if field == "answers_id" and value:
        return answers_words(names.of(value)) or gettext("erased")
    if field.endswith("_id") and value:
        return names.of(value) or gettext("erased")
    if field in ("given", "taken") and value:
        return rights_words(value)
    if field in SERIES_WORDS and value:
        return SERIES_WORDS[field](value)
    if field.endswith("_at") and value:
        return when(datetime.fromisoformat(value))
    said = choice_words(field, value)
    return said or (gettext("something else") if isinstance(value, dict) else value_words(field, value))
