"""What a promise is made of: its services as they were asked for, its terms and its words."""

from uuid import UUID

from agenda.inherited import inherited, strictest
from agenda.timetable import Settings
from agenda.wanted import Wanted
from booking.appointment import Appointment
from booking.events import Segment, Terms
from kernel.store import Log

WORDS = {"note": "note_id", "client_note": "client_note_id", "location": "location_id"}
WORDS |= {"video_link": "video_link_id", "answers": "answers_id"}


def wanted_again(appointment: Appointment) -> list[Wanted]:
    """The same services with the same resources and lengths."""
    return [
        Wanted(segment.service_id, tuple(use.resource_id for use in segment.uses), minutes_of(segment), True)
        for segment in appointment.segments
    ]


def minutes_of(segment: Segment) -> int:
    return int((segment.ends_at - segment.starts_at).total_seconds()) // 60


def terms_now(settings: Settings, segments: list[Segment]) -> Terms:
    """The terms of this promise: for each service those of the nearest who sets them, the strictest of several."""
    pairs = [(settings.services[segment.service_id], segment.uses[0].resource_id) for segment in segments]
    terms = strictest(inherited(settings, service, resource_id) for service, resource_id in pairs)
    return Terms(
        services=[service.name for service, _ in pairs],
        **terms._asdict(),
        needs_approval=settings.terms.needs_approval,
    )


def texts(log: Log, client_id: UUID | None, words: dict[str, str]) -> dict[str, UUID | None]:
    return {WORDS[kind]: log.write(text, kind=kind, about=client_id) for kind, text in words.items()}
