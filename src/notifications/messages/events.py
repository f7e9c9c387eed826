"""What becomes of messages to clients about their appointments."""

from datetime import datetime
from uuid import UUID

from kernel.events import Event


class MessagePlanned(Event, frozen=True, kw_only=True):
    """A message about an appointment as it stood at a version and a start; planned anew, it is due at another time.

    `kind` is what it says. `rule` names the rule that asks for it, and is empty for news of what was done.
    """

    message_id: UUID
    appointment_id: UUID
    client_id: UUID
    kind: str
    channel: str = "email"
    rule: str = ""
    appointment_version: int
    starts_at: datetime
    due_at: datetime
    is_manual: bool = False


class MessageSent(Event, frozen=True, kw_only=True):
    """The client was told how the appointment stood at this version."""

    message_id: UUID
    appointment_version: int


class MessageNotSent(Event, frozen=True, kw_only=True):
    """`why` is a reason of ours by its name, or the codes that a mail server answered with."""

    message_id: UUID
    why: str
