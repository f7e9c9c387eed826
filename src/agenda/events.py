"""What happens to services, resources, their hours and their absences."""

from datetime import date, datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from agenda.hours import DatedPeriod, Hours
from kernel.events import Claim, Event


class ServiceNeed(Struct, frozen=True, omit_defaults=True):
    """`count` resources of a kind at once; of these, or of all of that kind when none are named."""

    kind: str
    count: int = 1
    resource_ids: list[UUID] = []


class ServiceAdded(Event, frozen=True, kw_only=True):
    """Lengths in minutes; without an interval, slots follow each other by the duration; no price hides it.

    Lead time, horizon and notice are the service's own; None leaves them to the person, the place, the house.
    """

    name: str
    description: str = ""
    category: str = ""
    colour: str = ""
    duration_minutes: int
    before_minutes: int = 0
    after_minutes: int = 0
    interval_minutes: int | None = None
    price_cents: int | None = None
    currency: str = "EUR"
    capacity: int = 1
    needs: list[ServiceNeed] = []
    is_online: bool = True
    lead_minutes: int | None = None
    horizon_days: int | None = None
    notice_minutes: int | None = None


class ServiceChanged(Event, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    colour: str | UnsetType = UNSET
    duration_minutes: int | UnsetType = UNSET
    before_minutes: int | UnsetType = UNSET
    after_minutes: int | UnsetType = UNSET
    interval_minutes: int | None | UnsetType = UNSET
    price_cents: int | None | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    capacity: int | UnsetType = UNSET
    needs: list[ServiceNeed] | UnsetType = UNSET
    is_online: bool | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    lead_minutes: int | None | UnsetType = UNSET
    horizon_days: int | None | UnsetType = UNSET
    notice_minutes: int | None | UnsetType = UNSET


class PerformerAssigned(Event, frozen=True, kw_only=True):
    """This person performs the service, in an own time or at an own price where given."""

    resource_id: UUID
    duration_minutes: int | None = None
    price_cents: int | None = None


class PerformerRemoved(Event, frozen=True, kw_only=True):
    resource_id: UUID


class ResourceAdded(Event, frozen=True, kw_only=True):
    """A practitioner, a room or a machine. The name may be a person's, so it stands among the texts."""

    kind: str
    name_id: UUID
    trade: str = ""
    colour: str = ""
    capacity: int = 1
    place_ids: list[UUID] = []
    rank: int = 0
    has_hours: bool = True
    max_per_day: int | None = None
    lead_minutes: int | None = None
    horizon_days: int | None = None
    notice_minutes: int | None = None


class ResourceChanged(Event, frozen=True, kw_only=True):
    name_id: UUID | UnsetType = UNSET
    trade: str | UnsetType = UNSET
    colour: str | UnsetType = UNSET
    capacity: int | UnsetType = UNSET
    place_ids: list[UUID] | UnsetType = UNSET
    rank: int | UnsetType = UNSET
    has_hours: bool | UnsetType = UNSET
    max_per_day: int | None | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    lead_minutes: int | None | UnsetType = UNSET
    horizon_days: int | None | UnsetType = UNSET
    notice_minutes: int | None | UnsetType = UNSET


class HoursSet(Event, frozen=True, kw_only=True):
    """The weekly hours and dated exceptions as they are from now on."""

    hours: Hours


class DayHoursSet(Event, frozen=True, kw_only=True):
    """What replaces the weekly hours of one date; no periods close it. `cause` is a code, not free words."""

    on: date
    periods: list[DatedPeriod] = []
    cause: str = ""


class DayHoursCleared(Event, frozen=True, kw_only=True):
    on: date


class DatesClosed(Event, frozen=True, kw_only=True):
    """The place receives nobody on these dates; `names` tells the public holiday of each, where it is one."""

    place_id: UUID
    dates: list[date]
    names: list[str] = []


class DatesReopened(Event, frozen=True, kw_only=True):
    place_id: UUID
    dates: list[date]


class AbsenceTime(Event, frozen=True, kw_only=True):
    """Half-open instants; `is_whole_days` when it was said in days. The reason's words stand among the texts."""

    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    is_whole_days: bool = False

    def claims(self) -> list[Claim]:
        span = {"starts_at": self.starts_at, "ends_at": self.ends_at}
        return [Claim(resource_id=self.resource_id, **span, seat=0, kind="absence")]


class AbsencePlanned(AbsenceTime, frozen=True, kw_only=True):
    pass


class AbsenceMoved(AbsenceTime, frozen=True, kw_only=True):
    pass


class AbsenceRestored(AbsenceTime, frozen=True, kw_only=True):
    pass


class AbsenceCancelled(Event, frozen=True, kw_only=True):
    def claims(self) -> list[Claim]:
        return []


class BookingTermsSet(Event, frozen=True, kw_only=True):
    """The house's terms: how soon, how far ahead, until when one may cancel, how long a hold and a request last."""

    lead_minutes: int = 0
    horizon_days: int | None = 60
    notice_minutes: int = 0
    hold_minutes: int = 10
    request_hours: int = 48
    needs_approval: bool = False


class AgendaOptionsSet(Event, frozen=True, kw_only=True):
    """How the house draws its agenda. `density` is compact, usual or airy; `colours_by` state or service."""

    first_hour: int = 8
    last_hour: int = 20
    step_minutes: int = 15
    density: str = "usual"
    colours_by: str = "state"
    has_rooms: bool = False
    has_machines: bool = False


class QuestionAdded(Event, frozen=True, kw_only=True):
    """What a service asks. `is_online` when clients are asked who book by themselves; the team sees all of them."""

    service_id: UUID
    wording: str
    kind: str = "text"
    choices: list[str] = []
    is_required: bool = False
    is_online: bool = False
    rank: int = 0


class QuestionChanged(Event, frozen=True, kw_only=True):
    wording: str | UnsetType = UNSET
    choices: list[str] | UnsetType = UNSET
    is_required: bool | UnsetType = UNSET
    is_online: bool | UnsetType = UNSET
    rank: int | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
