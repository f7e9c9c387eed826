"""Who asks, for whom, through what, and when."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct, field
from msgspec.structs import replace

from kernel.rights import Forbidden, Rights, Touched


class Act(Struct, frozen=True, kw_only=True):
    """The circumstances of one command, copied into every event that it causes.

    `actor` and `on_behalf_of` read role/identifier: staff/…, client/…, api/…, policy/…, import/…, support/…, person/…
    (somebody about themself). `origin`: desk, public, api, import, sync, policy, support, setup or door. `at` is when
    we learn it (aware, UTC); `happened_at` when it happened, if earlier. `key` makes sending the command twice the
    same as once, among those of the same origin. `expects` is the version at which the asker saw the thing of this
    identifier: if it is another one by now, nothing is changed. `is_online` says that a client books through a
    program: what holds for clients holds, whoever the actor is. `may` is what the actor may do, nothing unless said;
    `right` is the one that the running command uses.
    """

    organisation_id: UUID
    actor: str
    may: Rights = Rights()
    right: str = ""
    origin: str = "desk"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    happened_at: datetime | None = None
    on_behalf_of: str = ""
    command_id: UUID = field(default_factory=uuid4)
    key: str = ""
    expects: tuple[UUID, int] | None = None
    is_online: bool = False
    reason_id: UUID | None = None
    override: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        return self.actor.partition("/")[0]

    @property
    def is_client(self) -> bool:
        return self.is_online or self.role == "client" or self.origin == "public"

    def using(self, right: str) -> "Act":
        """The same act as a command of this right carries it. Refuses those who do not hold it."""
        self.must_hold(right)
        return replace(self, right=right)

    def must_hold(self, right: str) -> None:
        if not self.may.may(right):
            raise Forbidden(right=right)

    def must_reach(self, touches: Callable[[], Touched]) -> None:
        """Refuses what the right of the running command does not reach."""
        if not self.may.may_over(self.right, touches):
            raise Forbidden(right=self.right)

    def once(self, key: str) -> "Act":
        """The same act, which sent again under this key changes nothing more."""
        return replace(self, key=key)

    def because(self, reason_id: UUID | None, override: tuple[str, ...] = ()) -> "Act":
        """The same act with the reason given for it, and the rules it sets aside."""
        return replace(self, reason_id=reason_id, override=tuple(override))

    def expecting(self, id: UUID, version: int | None) -> "Act":
        """The same act, for a thing seen at this version; None for whatever version it has."""
        return replace(self, expects=None if version is None else (id, version))

    def stamp(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "by": self.actor,
            "via": self.origin,
            "command": self.command_id,
            "behalf": self.on_behalf_of,
            "reason_id": self.reason_id,
            "override": self.override,
            "happened_at": self.happened_at,
        }
