"""The appointments that an absence or a closing would cover, with the times at which each could be instead."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext
from msgspec import Struct

from agenda import queries as agenda
from agenda.queries import ResourceCard, Slot
from agenda.wanted import Wanted
from booking.events import Segment
from kernel.errors import Refusal
from projections import desk as desk_view
from projections.desk import AppointmentCard
from web import visit
from web.formats import iso, local_day, when
from web.sight import SEE, may, practitioners

Span = tuple[datetime, datetime]
# For each column, the stretches in which it would take nobody.
Blocks = dict[UUID, list[Span]]

OPEN = ("booked", "requested", "proposed")
# As many as are listed by name, and as many for which other times are looked for.
LISTED, LOOKED_FOR = 200, 40
# How far ahead the same person is looked for, step by step; for others the first step must do.
STEP, STEPS = timedelta(days=7), 16
COLLEAGUES = 8


class Instead(Struct, frozen=True, kw_only=True):
    """Another time for an appointment: what the form sends for it, and how it reads."""

    value: str
    words: str


class Covered(Struct, frozen=True, kw_only=True):
    """One that is in the way; with the same people, with others, or neither where no time was found."""

    card: AppointmentCard
    own: Instead | None = None
    other: Instead | None = None


class Search:
    """Times for many appointments one after the other; what is proposed to one is proposed to no other."""

    def __init__(self, blocks: Blocks):
        self.blocks = blocks
        self.given: Blocks = {}
        self.known: dict[Any, list[Slot]] = {}
        self.names = {one.id: one.name for one in practitioners()}
        self.people = practitioners("agenda.write")
        self.services = {each.id: each for each in agenda.services(visit.store(), visit.house())}

    def covered(self, card: AppointmentCard, ways: tuple[str, ...]) -> Covered:
        return Covered(card=card, **{way: getattr(self, way)(card) for way in ways})

    def own(self, card: AppointmentCard) -> Instead | None:
        return self.propose([(self.wanted(card, self.leads(card)), STEPS)], card)

    def other(self, card: AppointmentCard) -> Instead | None:
        """Whoever of the others is free first."""
        able = (one for one in self.people if one.id not in self.blocks and self.performs(one, card))
        tries = [(self.wanted(card, [one.id] * len(card.segments)), 1) for one in able]
        return self.propose(tries[:COLLEAGUES], card)

    def propose(self, tries: list[tuple[list[Wanted], int]], card: AppointmentCard) -> Instead | None:
        found = [(slot, wanted) for wanted, steps in tries if (slot := self.first(wanted, card.starts_at, steps))]
        if not found:
            return None
        slot, wanted = min(found, key=lambda each: each[0].starts_at)
        people = [each.resource_ids[0] for each in wanted]
        for id in ids_of(slot):
            self.given.setdefault(id, []).append((slot.starts_at, slot.ends_at))
        return Instead(value=" ".join(["move", iso(slot.starts_at), *map(str, people)]), words=self.words(slot, people))

    def first(self, wanted: list[Wanted], after: datetime, steps: int) -> Slot | None:
        """From then on, or from when the blocked stretch ends that it falls into."""
        ends = [end for each in wanted for begin, end in self.blocks.get(each.resource_ids[0], ()) if begin <= after]
        after = max([after, visit.now(), *(end for end in ends if end > after)])
        first = local_day(after)
        for step in range(steps):
            for slot in self.slots(wanted, first + step * STEP):
                if slot.starts_at >= after and self.is_free(slot):
                    return slot
        return None

    def slots(self, wanted: list[Wanted], first: date) -> list[Slot]:
        """Looked for once, however many ask for the same."""
        asked = (*wanted, first)
        if asked not in self.known:
            self.known[asked] = found_slots(wanted, first)
        return self.known[asked]

    def is_free(self, slot: Slot) -> bool:
        spans = (span for id in ids_of(slot) for some in (self.blocks, self.given) for span in some.get(id, ()))
        return not any(begin < slot.ends_at and slot.starts_at < end for begin, end in spans)

    def performs(self, one: ResourceCard, card: AppointmentCard) -> bool:
        services = [self.services.get(segment.service_id) for segment in card.segments]
        return all(service and service.performer(one.id) for service in services)

    def leads(self, card: AppointmentCard) -> list[UUID]:
        return [leader(segment, set(self.names)) for segment in card.segments]

    def wanted(self, card: AppointmentCard, people: Iterable[UUID]) -> list[Wanted]:
        return [Wanted(each.service_id, (id,)) for each, id in zip(card.segments, people, strict=True)]

    def words(self, slot: Slot, people: list[UUID]) -> str:
        said = ", ".join(dict.fromkeys(self.names.get(id, "") for id in people))
        return gettext("%(when)s with %(name)s", when=when(slot.starts_at), name=said)


def found_slots(wanted: list[Wanted], first: date) -> list[Slot]:
    house, last = (visit.store(), visit.house()), first + STEP - timedelta(days=1)
    try:
        return agenda.find_slots(*house, wanted, first, last, visit.now(), for_staff=True)
    except Refusal:
        # A service or a room that is no more is offered at no time.
        return []


def leader(segment: Segment, people: set[UUID]) -> UUID:
    """Who performs it: of all that it takes, the first who is a person."""
    ids = [use.resource_id for use in segment.uses]
    return next((id for id in ids if id in people), ids[0])


def ids_of(slot: Slot) -> Iterator[UUID]:
    return (id for part in slot.resource_ids for id in part)


def hit_ids(blocks: Blocks) -> list[UUID]:
    """Every appointment in these stretches, in the order of their starts; whatever was made for it in between too."""
    rows = [
        row
        for id, spans in blocks.items()
        for begin, end in spans
        for row in agenda.hit_by_absence(visit.store(), visit.house(), id, begin, end, visit.now())
    ]
    return list(dict.fromkeys(row.id for row in sorted(rows, key=lambda row: row.start)))


def hit_cards(blocks: Blocks) -> list[AppointmentCard]:
    """Those that are still to come and that the visitor may look at."""
    cards = (desk_view.appointment(visit.store(), visit.house(), id) for id in hit_ids(blocks)[:LISTED])
    return [card for card in cards if card and card.status in OPEN and card.ends_at > visit.now() and may(SEE, card)]


def proposals(cards: list[AppointmentCard], blocks: Blocks, ways: tuple[str, ...] = ("own", "other")) -> list[Covered]:
    """With another time in each of these ways: the same people, or others."""
    search = Search(blocks)
    listed = [search.covered(card, ways) for card in cards[:LOOKED_FOR]]
    return listed + [Covered(card=card) for card in cards[LOOKED_FOR:]]
