"""A service: what is done for a client, how long it takes and what it needs."""

from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct

from agenda.events import PerformerAssigned, PerformerRemoved, ServiceAdded, ServiceChanged, ServiceNeed
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, must_not_be_negative, take
from kernel.errors import Refusal
from kernel.events import Event
from kernel.texts import is_blank

LONGEST_MINUTES = 7 * 24 * 60


class ServiceNameMissing(Refusal):
    pass


class DurationNotValid(Refusal):
    pass


class CapacityNotValid(Refusal):
    pass


class Performer(Struct, frozen=True, omit_defaults=True):
    resource_id: UUID
    duration_minutes: int | None = None
    price_cents: int | None = None


class Service(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    name: str = ""
    description: str = ""
    category: str = ""
    colour: str = ""
    duration_minutes: int = 30
    before_minutes: int = 0
    after_minutes: int = 0
    interval_minutes: int | None = None
    price_cents: int | None = None
    currency: str = "EUR"
    capacity: int = 1
    needs: list[ServiceNeed] = []
    is_online: bool = True
    is_active: bool = True
    lead_minutes: int | None = None
    horizon_days: int | None = None
    notice_minutes: int | None = None
    performers: list[Performer] = []

    def add(self, by: Act, **facts: Any) -> None:
        must_be_sound(facts)
        self.trigger(ServiceAdded, by, **facts)

    def change(self, by: Act, **wanted: Any) -> None:
        changes = differing(self, wanted)
        must_be_sound(changes)
        if changes:
            self.trigger(ServiceChanged, by, **changes)

    def assign(self, performer: Performer, by: Act) -> None:
        if performer not in self.performers:
            minutes, cents = performer.duration_minutes, performer.price_cents
            must_be_sound({} if minutes is None else {"duration_minutes": minutes})
            self.trigger(
                PerformerAssigned, by, resource_id=performer.resource_id, duration_minutes=minutes, price_cents=cents
            )

    def remove(self, resource_id: UUID, by: Act) -> None:
        if any(each.resource_id == resource_id for each in self.performers):
            self.trigger(PerformerRemoved, by, resource_id=resource_id)

    def performer(self, resource_id: UUID) -> Performer | None:
        return next((each for each in self.performers if each.resource_id == resource_id), None)

    def evolve(self, event: Event) -> None:
        match event:
            case ServiceAdded() | ServiceChanged():
                take(self, event)
            case PerformerAssigned():
                assigned = Performer(event.resource_id, event.duration_minutes, event.price_cents)
                self.performers = [*self.others(event.resource_id), assigned]
            case PerformerRemoved():
                self.performers = self.others(event.resource_id)

    def others(self, resource_id: UUID) -> list[Performer]:
        return [each for each in self.performers if each.resource_id != resource_id]


def must_be_sound(facts: dict[str, Any]) -> None:
    """Refuses lengths and capacities that no service can have; only what is given is looked at."""
    if is_blank(facts.get("name", "-")):
        raise ServiceNameMissing
    lengths = {name: facts.get(name) for name in ("duration_minutes", "interval_minutes")}
    if any(value is not None and not 1 <= value <= LONGEST_MINUTES for value in lengths.values()):
        raise DurationNotValid(**lengths)
    if any(not 0 <= facts.get(name, 0) <= LONGEST_MINUTES for name in ("before_minutes", "after_minutes")):
        raise DurationNotValid(before_minutes=facts.get("before_minutes"), after_minutes=facts.get("after_minutes"))
    must_not_be_negative(facts)
    if not 1 <= facts.get("capacity", 1) <= 1000:
        raise CapacityNotValid(capacity=facts["capacity"])
