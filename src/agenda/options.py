"""How the house draws its agenda: which hours, how fine, how high, in which colours, with which columns."""

from typing import Any, ClassVar
from uuid import UUID, uuid5

from agenda.events import AgendaOptionsSet
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import take
from kernel.errors import Refusal
from kernel.events import Event

STEPS = (5, 10, 15, 20, 30)
# How high a quarter of an hour is drawn, in pixels.
HEIGHTS = {"compact": 14, "usual": 18, "airy": 24}
COLOURS = ("state", "service")
KNOWN = {"step_minutes": STEPS, "density": tuple(HEIGHTS), "colours_by": COLOURS}


class AgendaHoursNotValid(Refusal):
    """The last hour shown stands before the first, or outside the day."""


class AgendaOptionUnknown(Refusal):
    pass


class AgendaOptions(Aggregate, kw_only=True):
    """The hours always shown, from `first_hour` to `last_hour` (24 is midnight), on the wall; a click lands on the
    step; rooms and machines have columns beside people's where the house says so."""

    is_listed: ClassVar[bool] = True

    first_hour: int = 8
    last_hour: int = 20
    step_minutes: int = 15
    density: str = "usual"
    colours_by: str = "state"
    has_rooms: bool = False
    has_machines: bool = False

    @property
    def quarter_pixels(self) -> int:
        return HEIGHTS[self.density]

    @property
    def column_kinds(self) -> tuple[str, ...]:
        """The kinds of resources that have a column."""
        things = (("room", self.has_rooms), ("machine", self.has_machines))
        return ("practitioner", *(kind for kind, is_shown in things if is_shown))

    def set(self, by: Act, **options: Any) -> None:
        must_be_known(options)
        must_be_hours(options.get("first_hour", 8), options.get("last_hour", 20))
        self.trigger(AgendaOptionsSet, by, **options)

    def evolve(self, event: Event) -> None:
        take(self, event)


def must_be_known(options: dict[str, Any]) -> None:
    for name, known in KNOWN.items():
        if name in options and options[name] not in known:
            raise AgendaOptionUnknown(option=name)


def must_be_hours(first: int, last: int) -> None:
    if not 0 <= first < last <= 24:
        raise AgendaHoursNotValid(first=first, last=last)


def options_id(organisation_id: UUID) -> UUID:
    """An organisation has one stream of options."""
    return uuid5(organisation_id, "agenda options")
