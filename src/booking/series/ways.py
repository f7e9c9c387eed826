"""What else is possible where an occurrence does not fit: rules to set aside, the nearest free start, other people."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agenda.slots import Rules
from agenda.timetable import Settings, calendars, reach
from agenda.visits import visits
from agenda.wanted import Wanted, longest
from agenda.windows import Window
from booking.allocation import Sought, sought
from booking.series.ground import Ground
from booking.series.wishes import person_of, with_person
from kernel.errors import Refusal
from kernel.zones import MINUTES_A_DAY, instant_of, local_date, minute_of

AHEAD_DAYS = 7


class Ways(NamedTuple):
    rules: list[str]
    next_at: datetime | None
    people: list[UUID]


def ways(ground: Ground, visit: Sought, refusal: Refusal, now: datetime, *, for_staff: bool) -> Ways:
    rules = refusal.facts.get("rules", [])
    is_overridable = for_staff and fits(ground, visit, now, for_staff=True, override=rules)
    others = (
        person
        for person, other in with_others(ground.settings, visit, for_staff=for_staff)
        if fits(ground, other, now, for_staff=for_staff)
    )
    return Ways(list(rules) if is_overridable else [], nearest(ground, visit, now), list(others))


def fits(ground: Ground, visit: Sought, now: datetime, *, for_staff: bool, override: list[str] | None = None) -> bool:
    try:
        ground.place(visit, now, for_staff=for_staff, override=override or ())
    except Refusal as refusal:
        if not refusal.rule:
            raise
        return False
    return True


def nearest(ground: Ground, visit: Sought, now: datetime) -> datetime | None:
    """The next start that is offered with the same people on that local day, else the last before it, else the first of
    the days after."""
    start, settings = minute_of(visit.starts_at), ground.settings
    zone = settings.zone
    today = Window.of_days(zone, local_date(zone, start), local_date(zone, start))
    for window in today._replace(first=start + 1), today._replace(last=start), after(today):
        if found := offered(ground, visit, window, now):
            return instant_of(found[-1] if window.last == start else found[0])
    return None


def after(day: Window) -> Window:
    return Window(day.last, day.last + AHEAD_DAYS * MINUTES_A_DAY)


def offered(ground: Ground, visit: Sought, window: Window, now: datetime) -> list[int]:
    """Starts of the grid in the window (epoch minutes)."""
    shown = sought(ground.settings, visit.starts_at, visit.wanted, for_staff=False)
    rows = ground.near(shown.ids(), *reach(ground.settings, window, longest(shown.asked)))
    boards = calendars(ground.settings, rows, window)
    return [each.start for each in visits(shown.asked, boards, Rules(), now, window)]


def with_others(settings: Settings, visit: Sought, *, for_staff: bool = True) -> Iterator[tuple[UUID, Sought]]:
    """The same visit with everybody else who gives all that the chosen person was to give."""
    chosen = person_of(settings, visit.wanted)
    for person in others(settings, visit.wanted, chosen) if chosen else ():
        yield (
            person,
            sought(settings, visit.starts_at, with_person(settings, visit.wanted, person), for_staff=for_staff),
        )


def others(settings: Settings, wanted: Sequence[Wanted], chosen: UUID) -> list[UUID]:
    own = [settings.services[each.service_id] for each in wanted if chosen in each.resource_ids]
    able = [{each.resource_id for each in service.performers} for service in own]
    known = sorted(settings.resources.values(), key=lambda each: (each.rank, each.id))
    return [each.id for each in known if each.is_active and each.id != chosen and all(each.id in them for them in able)]
