"""The time around many visits, read once: each visit that finds its place takes it from those that follow."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agenda.slots import Taken
from agenda.timetable import Ledger, Settings
from booking.allocation import Place, Sought, place_for
from booking.events import claims_of
from booking.series.wishes import Wish
from kernel.errors import Refusal
from kernel.zones import MINUTES_A_DAY, minute_of


class Outcome(NamedTuple):
    """What became of a wish: its place, or why it has none."""

    wish: Wish
    place: Place | None = None
    refusal: Refusal | None = None


class Ground:
    """What is taken on some resources, by day, so that a visit looks only at the rows near it."""

    def __init__(self, settings: Settings, rows: Ledger):
        self.settings = settings
        self.days: dict[UUID, dict[int, list[Taken]]] = {id: {} for id in rows}
        self.put(row for taken in rows.values() for row in taken)

    def put(self, rows: Iterable[Taken]) -> None:
        for row in rows:
            shelf = self.days[row.resource_id]
            for day in range(row.start // MINUTES_A_DAY, (row.end - 1) // MINUTES_A_DAY + 1):
                shelf.setdefault(day, []).append(row)

    def near(self, ids: Iterable[UUID], first: int, last: int) -> Ledger:
        """The rows of these resources on the days between two epoch minutes."""
        days = range(first // MINUTES_A_DAY, last // MINUTES_A_DAY + 1)
        return {id: once(row for day in days for row in self.days[id].get(day, ())) for id in ids}

    def place(self, visit: Sought, now: datetime, *, for_staff: bool, override: Collection[str] = ()) -> Place:
        rows = self.near(visit.ids(), *visit.reach(self.settings))
        return place_for(self.settings, visit, rows, now, for_staff=for_staff, override=override)

    def take(self, id: UUID, place: Place) -> None:
        self.put(taken_by(id, place))


def outcomes(ground: Ground, wishes: Sequence[tuple[Wish, Sought]], now: datetime, *, for_staff: bool) -> list[Outcome]:
    """Places for as many as possible, in order; an occurrence meets those before it as it meets anybody else."""
    found: list[Outcome] = []
    for wish, visit in wishes:
        try:
            place = ground.place(visit, now, for_staff=for_staff, override=wish.choice.override)
        except Refusal as refusal:
            if not refusal.rule:
                raise
            found.append(Outcome(wish, refusal=refusal))
        else:
            ground.take(wish.id, place)
            found.append(Outcome(wish, place))
    return found


def span(settings: Settings, visits: Iterable[Sought]) -> tuple[int, int]:
    """The epoch minutes around all of them whose taken rows bear on any."""
    firsts, lasts = zip(*(visit.reach(settings) for visit in visits), strict=True)
    return min(firsts), max(lasts)


def once(rows: Iterable[Taken]) -> list[Taken]:
    """A row of several days stands on each of them."""
    return list({id(row): row for row in rows}.values())


def taken_by(id: UUID, place: Place) -> list[Taken]:
    """The rows that the ledger would hold of a visit in this place."""
    return [
        Taken(
            start=minute_of(claim.starts_at),
            end=minute_of(claim.ends_at, up=True),
            before=claim.before_minutes,
            after=claim.after_minutes,
            capacity=claim.capacity,
            id=id,
            resource_id=claim.resource_id,
            seat=claim.seat,
            counts_on=claim.counts_on,
        )
        for claim in claims_of(place.segments, "visit", place.wall_at, None)
    ]
