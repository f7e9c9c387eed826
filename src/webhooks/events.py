"""What happens to the subscriptions of other programs."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, UnsetType

from kernel.events import Event


class WebhookSubscribed(Event, frozen=True, kw_only=True):
    """The address may hold a password, so it stands among the texts. No names of events means all of them."""

    url_id: UUID
    names: list[str] = []


class WebhookChanged(Event, frozen=True, kw_only=True):
    url_id: UUID | UnsetType = UNSET
    names: list[str] | UnsetType = UNSET
    is_paused: bool | UnsetType = UNSET


class WebhookSecretChanged(Event, frozen=True, kw_only=True):
    """The secret before signs beside the new one until `old_until`; neither is here."""

    old_until: datetime


class WebhookOldSecretEnded(Event, frozen=True, kw_only=True):
    """Only the present secret signs from now on."""


class WebhookStopped(Event, frozen=True, kw_only=True):
    """Nothing more is sent or kept to be sent. `why`: gone (the receiver answered that it will never listen again)."""

    why: str


class WebhookReplayAsked(Event, frozen=True, kw_only=True):
    """Everything after this position is to be sent once more."""

    after: int


class WebhookEnded(Event, frozen=True, kw_only=True):
    pass
