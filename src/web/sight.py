"""What a visitor may look at: of the agenda whole columns or none of them, of clients what stands in their files."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import g
from msgspec.structs import replace

from agenda import queries as agenda
from agenda.queries import ResourceCard
from booking.appointment import touched_by
from clients.queries import Version
from kernel.errors import NotFound
from projections.series import SeriesCard
from projections.visits import Visits
from web import visit

SEE, CONTACTS = "agenda.see", "clients.contacts"
# What of a file stands beside the name for everybody who sees clients.
WITHOUT_CONTACTS = {"number", "title", "first_name", "last_name", "birth_on"}


def may(right: str, thing: Any = None) -> bool:
    """Whether the visitor holds a right; with a thing of the agenda, whether it reaches that one."""
    if g.get("member") is None:
        return False
    return g.member.rights.may_over(right, lambda: parts(thing)) if thing is not None else g.member.rights.may(right)


def parts(thing: Any) -> list[frozenset[UUID]]:
    """A column, an appointment's card, or one of its lines, as rights reach them."""
    if isinstance(thing, ResourceCard):
        return [frozenset([thing.id])]
    if hasattr(thing, "segments"):
        client_id = thing.client.id if thing.client else None
        return [touched_by(segment, client_id) for segment in thing.segments]
    return [frozenset([thing.resource_id, thing.service_id])]


def must_see(thing: Any, kind: str, id: UUID) -> Any:
    """The thing; for whoever may not look at it, as if it were not there."""
    if thing is None or not may(SEE, thing):
        raise NotFound(kind=kind, id=str(id))
    return thing


def seen(resources: Iterable[ResourceCard], right: str = SEE) -> list[ResourceCard]:
    return [one for one in resources if one.kind != "practitioner" or may(right, one)]


def practitioners(right: str = SEE) -> list[ResourceCard]:
    """Those whose columns this right reaches."""
    return seen(agenda.resources(visit.store(), visit.house(), kind="practitioner"), right)


def must_see_series(card: SeriesCard | None, id: UUID) -> SeriesCard:
    """The series with its appointments in columns that the visitor may look at; without any, none such is there."""
    columns = g.member.rights.over(SEE)
    if card is not None and columns is not None:
        lines = [line for line in card.lines if line.resource_id in columns]
        card = replace(card, lines=lines) if lines else None
    if card is None:
        raise NotFound(kind="Series", id=str(id))
    return card


def versions_seen(versions: Iterable[Version]) -> list[Version]:
    """A file's versions; without their contacts and words for whoever does not see these."""
    if may(CONTACTS):
        return list(versions)
    kept = ([change for change in one.changes if change.field in WITHOUT_CONTACTS] for one in versions)
    return [replace(one, changes=changes) for one, changes in zip(versions, kept, strict=True)]


def visits_seen(visits: Visits) -> Visits:
    """A client's visits without those to people whose columns the visitor may not look at."""
    columns = g.member.rights.over(SEE)
    if columns is None:
        return visits
    past, future = ([one for one in some if one.resource_id in columns] for some in (visits.past, visits.future))
    statuses = [one.status for one in past]
    honoured = sum(status in ("booked", "arrived", "completed") for status in statuses)
    cancelled = sum(one.status == "cancelled" for one in (*past, *future))
    return Visits(past=past, future=future, honoured=honoured, missed=statuses.count("missed"), cancelled=cancelled)
