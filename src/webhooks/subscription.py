"""A subscription: where another program listens, and to what."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import differing, take
from kernel.errors import Refusal
from kernel.events import Event
from webhooks.events import (
    WebhookChanged,
    WebhookEnded,
    WebhookOldSecretEnded,
    WebhookReplayAsked,
    WebhookSecretChanged,
    WebhookStopped,
    WebhookSubscribed,
)


class EventNameUnknown(Refusal):
    """No event of the log has this name."""


class WebhookOver(Refusal):
    """The subscription has ended; subscribe anew."""

    status = 409


class Subscription(Aggregate, kw_only=True):
    is_listed: ClassVar[bool] = True

    url_id: UUID | None = None
    names: list[str] = []
    is_paused: bool = False
    is_over: bool = False
    stopped: str = ""

    def subscribe(self, url_id: UUID, names: list[str], by: Act) -> None:
        must_be_known(names)
        self.trigger(WebhookSubscribed, by, url_id=url_id, names=sorted(set(names)))

    def change(self, by: Act, **wanted: Any) -> None:
        self.must_go_on()
        must_be_known(wanted.get("names", []))
        if changes := differing(self, wanted):
            self.trigger(WebhookChanged, by, **changes)

    def change_secret(self, old_until: datetime, by: Act) -> None:
        self.must_go_on()
        self.trigger(WebhookSecretChanged, by, old_until=old_until)

    def replay_after(self, position: int, by: Act) -> None:
        self.must_go_on()
        self.trigger(WebhookReplayAsked, by, after=position)

    def end_old_secret(self, by: Act) -> None:
        self.trigger(WebhookOldSecretEnded, by)

    def stop(self, why: str, by: Act) -> None:
        if not (self.is_over or self.stopped):
            self.trigger(WebhookStopped, by, why=why)

    def end(self, by: Act) -> None:
        if not self.is_over:
            self.trigger(WebhookEnded, by)

    def must_go_on(self) -> None:
        if self.is_over:
            raise WebhookOver

    def wants(self, name: str) -> bool:
        """What was stopped hears of nothing until somebody starts it; only what a person paused is kept for later."""
        return not (self.is_over or self.stopped) and (not self.names or name in self.names)

    def evolve(self, event: Event) -> None:
        match event:
            case WebhookSubscribed() | WebhookChanged():
                take(self, event)
                self.stopped = self.stopped if self.is_paused else ""
            case WebhookStopped():
                self.is_paused, self.stopped = True, event.why
            case WebhookEnded():
                self.is_over = True


def must_be_known(names: list[str]) -> None:
    if unknown := sorted(set(names) - Event.names.keys()):
        raise EventNameUnknown(names=unknown)
