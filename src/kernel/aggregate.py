"""Aggregates: what decides. They hold their state as plain fields and change only by their own events."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from msgspec import Struct, field

from kernel.actors import Act
from kernel.events import Event
from kernel.rights import Touched


class Aggregate(Struct, kw_only=True, omit_defaults=True):
    """One stream of events and the state they make. Deciding methods refuse or `trigger`; `evolve` only applies.

    A listed aggregate also keeps its present state in one row, written with its events, so that decisions
    can read all of its kind at once (services, resources, places).
    """

    is_listed: ClassVar[bool] = False
    # The facts that a stream of this kind begins with: an identifier of something else is no identifier of this.
    begins_with: ClassVar[tuple[type[Event], ...]] = (Event,)

    id: UUID
    version: int = 0
    pending: list[Event] = field(default_factory=list)

    def evolve(self, event: Event) -> None:
        raise TypeError(f"{type(self).__name__} does not say what {type(event).__name__} changes")

    def touches(self) -> Touched:
        """What rights over a part of the house must reach; what does not say is for the whole house alone."""
        return None

    def trigger(self, event_type: type[Event], by: Act, **facts: Any) -> None:
        """Refuses whoever's right does not reach this as it was, or as it would be."""
        if self.version:
            by.must_reach(self.touches)
        event = event_type(
            organisation_id=by.organisation_id,
            originator_id=self.id,
            originator_version=self.version + 1,
            **by.stamp(),
            **facts,
        )
        self.apply(event)
        by.must_reach(self.touches)
        self.pending.append(event)

    def apply(self, event: Event) -> None:
        self.evolve(event)
        self.version = event.originator_version

    def collect_events(self) -> list[Event]:
        collected, self.pending = self.pending, []
        return collected

    @classmethod
    def replay(cls, id: UUID, events: Iterable[Event]) -> Self | None:
        """The state that these events make, in order; None when there are none, or they are of another kind."""
        aggregate = cls(id=id)
        for event in events:
            if not aggregate.version and not isinstance(event, cls.begins_with):
                return None
            aggregate.apply(event)
        return aggregate if aggregate.version else None
