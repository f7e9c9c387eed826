"""What is wanted of an appointment after a gesture: somebody else for somebody, another room, another length."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from agenda.wanted import Wanted
from booking.events import Segment
from booking.making import minutes_of

PEOPLE = "practitioner"
Kinds = Mapping[UUID, str]


class Gesture(NamedTuple):
    """`to` takes the place of `origin`; the part lasts so many minutes from now on. None leaves a thing as it is."""

    to: UUID | None = None
    origin: UUID | None = None
    part: int = 0
    minutes: int | None = None


def wanted_after(segments: list[Segment], gesture: Gesture, kinds: Kinds, usual: Mapping[UUID, int]) -> list[Wanted]:
    """Each service as it is to be given. `usual` are the minutes that a service takes whoever gives it now: only
    another length is kept when somebody else takes over."""
    return [wanted_of(number, segment, gesture, kinds, usual) for number, segment in enumerate(segments)]


def wanted_of(number: int, segment: Segment, gesture: Gesture, kinds: Kinds, usual: Mapping[UUID, int]) -> Wanted:
    ids = [use.resource_id for use in segment.uses]
    minutes = gesture.minutes if gesture.minutes and number == gesture.part else minutes_of(segment)
    if gesture.to is None or gesture.to in ids or gesture.origin not in [*ids, None]:
        return Wanted(segment.service_id, tuple(ids), minutes, True)
    if kinds.get(gesture.to) == PEOPLE:
        kept = None if minutes == usual.get(segment.service_id) else minutes
        return Wanted(segment.service_id, (*people_with(ids, gesture, kinds),), kept)
    return Wanted(segment.service_id, (*things_with(ids, gesture, kinds),), minutes, True)


def people_with(ids: list[UUID], gesture: Gesture, kinds: Kinds) -> list[UUID]:
    """The people of the part with the new one in the place of the old; rooms and machines are found again."""
    people = [id for id in ids if kinds.get(id) == PEOPLE]
    origin = gesture.origin if gesture.origin in people else people[0] if people else None
    return [gesture.to if id == origin else id for id in people] if people else [gesture.to]


def things_with(ids: list[UUID], gesture: Gesture, kinds: Kinds) -> list[UUID]:
    """Everybody stays; the new room or machine takes the place of the old one, or of one of its kind."""
    same = [id for id in ids if kinds.get(id) == kinds.get(gesture.to)]
    origin = gesture.origin if gesture.origin in same else same[0] if same else None
    return [gesture.to if id == origin else id for id in ids] if origin else [*ids, gesture.to]
