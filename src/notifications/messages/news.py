"""What a client does not know yet: the appointment as it is, held against how the client last heard of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from booking.appointment import ENDED, WAITING, Appointment
from booking.events import AppointmentCancelled, AppointmentDeclined, AppointmentExpired, TimeTaken
from kernel.events import Event

TELLING = (TimeTaken, AppointmentCancelled, AppointmentDeclined, AppointmentExpired)
# What was done without a word and soon after taken back leaves the client right about everything.
TAKEN_BACK_WITHIN = timedelta(minutes=1)
KINDS = {"requested": "received", "proposed": "proposed"}


class News(NamedTuple):
    """A message of this kind, called for by the event of this version and instant; `known` is what the client knows."""

    kind: str
    version: int
    at: datetime
    known: Appointment | None


class Silence(NamedTuple):
    """The same, that whoever did it wanted nobody to be told of."""

    kind: str
    version: int


def tells(event: Event) -> bool:
    return getattr(event, "tells_client", True)


def as_of(events: Sequence[Event], version: int) -> Appointment | None:
    told = [event for event in events if event.originator_version <= version]
    return Appointment.replay(told[0].originator_id, told) if told else None


def news(events: Sequence[Event], told_version: int, sent_version: int) -> News | None:
    """Of an appointment's whole stream. The client was told by us up to a version that was sent, and knows what was
    done up to another one; what was done without a word after it, the client knows otherwise."""
    later = [event for event in events if event.originator_version > told_version and isinstance(event, TELLING)]
    calling = next((event for event in reversed(later) if tells(event)), None)
    if calling is None:
        return None
    known_version = told_version
    for event in later:
        if tells(event):
            break
        known_version = event.originator_version
    known, now = as_of(events, known_version), as_of(events, events[-1].originator_version)
    kind = kind_of(known, now)
    if not kind or is_taken_back(events, sent_version, known_version, calling.at, now):
        return None
    return News(kind, calling.originator_version, calling.at, known)


def is_taken_back(
    events: Sequence[Event], sent_version: int, known_version: int, at: datetime, now: Appointment
) -> bool:
    if known_version == sent_version:
        return False
    silent_at = next(event.at for event in events if event.originator_version == known_version)
    return at - silent_at <= TAKEN_BACK_WITHIN and shown(as_of(events, sent_version)) == shown(now)


def silence(events: Sequence[Event], told_version: int) -> Silence | None:
    """The latest thing done without a word, if the client would have been told of it."""
    later = [event for event in events if event.originator_version > told_version and isinstance(event, TELLING)]
    if not later or tells(later[-1]):
        return None
    kind = kind_of(as_of(events, told_version), as_of(events, events[-1].originator_version))
    return Silence(kind, later[-1].originator_version) if kind else None


def kind_of(known: Appointment | None, now: Appointment) -> str:
    """What is to be said to somebody who knows the one about the other; empty when it is the same."""
    before, after = shown(known), shown(now)
    if before == after:
        return ""
    if before and after and before[0] == after[0] == "booked":
        return "moved"
    if known is not None and before is None and now.status not in WAITING:
        return "restored"
    return present_kind(now)


def present_kind(now: Appointment) -> str:
    """What there is to say to somebody who knows nothing."""
    if now.status in ENDED:
        return now.status
    return KINDS.get(now.status, "booked")


def shown(appointment: Appointment | None) -> tuple[Any, ...] | None:
    """What a client sees of an appointment; None of one that is over, or was never made."""
    if appointment is None or appointment.status in ENDED:
        return None
    standing = appointment.status if appointment.status in WAITING else "booked"
    parts = [(each.service_id, each.starts_at, each.ends_at, leads(each)) for each in appointment.segments]
    return standing, appointment.zone, parts


def leads(segment: Any) -> list[Any]:
    return [use.resource_id for use in segment.uses if use.is_lead] or [segment.uses[0].resource_id]
