"""What a house writes to a client about one appointment; beside the appointment, under an identifier made from its."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid5

from msgspec import Struct

from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Touched
from notifications.messages import events

# The client knows all the same: somebody did not want this message.
KNOWN_OTHERWISE = ("withheld", "not_wanted", "of_series")
# The same reminder may be wanted again.
FOR_NOW = ("not_live", "overtaken")


class MessageNotWaiting(Refusal):
    """It has left already, or there is nothing to be sent."""

    status = 409


class MessageOfNoUse(Refusal):
    """The appointment has begun, or such a message does not fit it any more."""

    status = 409


class ClientWithoutEmail(Refusal):
    pass


class Planned(Struct, frozen=True, kw_only=True):
    kind: str
    channel: str
    rule: str
    appointment_version: int
    starts_at: datetime
    due_at: datetime
    is_manual: bool


class Correspondence(Aggregate, kw_only=True):
    """`open` are the messages that wait. The client was told by us up to `sent_version` of the appointment, knows it
    up to `told_version`, and of what was done up to `settled_version` there is nothing more to decide. `reminded`
    holds, by rule, the start for which a reminder was settled."""

    begins_with: ClassVar[tuple[type[Event], ...]] = (events.MessagePlanned,)

    open: dict[UUID, Planned] = {}
    sent_version: int = 0
    told_version: int = 0
    settled_version: int = 0
    reminded: dict[str, datetime] = {}
    concerns: Touched = None

    def touches(self) -> Touched:
        """What the appointment touches."""
        return self.concerns

    def news(self) -> UUID | None:
        """The news that waits; there is never more than one, as it tells how things are when it leaves."""
        return next((id for id, each in self.open.items() if not each.rule and not each.is_manual), None)

    def reminder(self, rule: str) -> UUID | None:
        return next((id for id, each in self.open.items() if each.rule == rule and not each.is_manual), None)

    def plan(self, message_id: UUID, by: Act, **facts: Any) -> None:
        self.trigger(events.MessagePlanned, by, message_id=message_id, **facts)

    def note_sent(self, message_id: UUID, appointment_version: int, by: Act) -> None:
        if message_id in self.open:
            facts = {"message_id": message_id, "appointment_version": appointment_version}
            self.trigger(events.MessageSent, by, **facts)

    def note_not_sent(self, message_id: UUID, why: str, by: Act) -> None:
        if message_id in self.open:
            self.trigger(events.MessageNotSent, by, message_id=message_id, why=why)

    def evolve(self, event: Event) -> None:
        match event:
            case events.MessagePlanned():
                facts = {name: getattr(event, name) for name in Planned.__struct_fields__}
                self.open = self.open | {event.message_id: Planned(**facts)}
            case events.MessageSent():
                self.close(event.message_id, "", event.appointment_version)
            case events.MessageNotSent():
                planned = self.open[event.message_id]
                self.close(event.message_id, event.why, planned.appointment_version)

    def close(self, message_id: UUID, why: str, version: int) -> None:
        planned = self.open[message_id]
        self.open = {id: each for id, each in self.open.items() if id != message_id}
        if planned.rule:
            self.settle_reminder(planned, why)
        else:
            self.settle_news(why, version)

    def settle_reminder(self, planned: Planned, why: str) -> None:
        if why not in FOR_NOW:
            self.reminded = self.reminded | {planned.rule: planned.starts_at}

    def settle_news(self, why: str, version: int) -> None:
        self.settled_version = max(self.settled_version, version)
        if not why:
            self.sent_version = max(self.sent_version, version)
        if not why or why in KNOWN_OTHERWISE:
            self.told_version = max(self.told_version, version)


def id_for(appointment_id: UUID) -> UUID:
    return uuid5(appointment_id, "messages")
