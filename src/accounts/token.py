"""An API token: what a program may do in the organisation's name, and until when."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from accounts.events import ApiTokenIssued, ApiTokenRevoked
from accounts.rights import beyond_scope, scopes_held
from kernel.actors import Act
from kernel.aggregate import Aggregate
from kernel.changes import take
from kernel.errors import Refusal
from kernel.events import Event
from kernel.rights import Forbidden, Rights

# What each scope lets a program do; the first word names the thing, the second what may be done with it.
SCOPES = {
    "settings:read": "Read the organisation, its places, resources, services, hours, absences and terms.",
    "settings:write": "Change them.",
    "clients:read": "Find and read client files.",
    "clients:write": "Open, change, join and block client files.",
    "appointments:read": "Read slots, appointments, holds and series.",
    "appointments:write": "Book, move and settle as clients do online: offered starts, lead time, horizon, notice.",
    "appointments:desk": "Book, move and settle as the desk does: any minute, and rules set aside with a reason.",
    "events:read": "Follow everything that happens.",
    "webhooks:write": "Subscribe to what happens, and see and repeat deliveries.",
}
MOST_A_MINUTE = 100_000


class ScopeUnknown(Refusal):
    pass


class RateNotValid(Refusal):
    """A token makes between 1 and 100,000 requests a minute."""


class ApiToken(Aggregate, kw_only=True):
    """`per_minute` is how many requests it may make in a minute; without `expires_at` it lasts until revoked. `maker`
    is who issued it, as role/identifier: it holds no more than they do."""

    is_listed: ClassVar[bool] = True

    name_id: UUID | None = None
    scopes: list[str] = []
    per_minute: int = 600
    expires_at: datetime | None = None
    is_revoked: bool = False
    maker: str = ""

    def issue(
        self, by: Act, name_id: UUID | None, scopes: list[str], per_minute: int, expires_at: datetime | None
    ) -> None:
        if not scopes or not SCOPES.keys() >= set(scopes):
            raise ScopeUnknown(scopes=sorted(set(scopes) - SCOPES.keys()))
        if beyond := [right for scope in scopes for right in beyond_scope(scope, by.may)]:
            raise Forbidden(right=beyond[0])
        if not 1 <= per_minute <= MOST_A_MINUTE:
            raise RateNotValid(per_minute=per_minute)
        known = [scope for scope in SCOPES if scope in scopes]
        facts = {"name_id": name_id, "scopes": known, "per_minute": per_minute, "expires_at": expires_at}
        self.trigger(ApiTokenIssued, by, **facts)

    def revoke(self, by: Act, why: str = "") -> None:
        if not self.is_revoked:
            self.trigger(ApiTokenRevoked, by, why=why)

    def is_good(self, now: datetime) -> bool:
        return not self.is_revoked and (self.expires_at is None or now < self.expires_at)

    def scopes_of(self, maker: Rights) -> list[str]:
        """What is left of its scopes while its maker may do this much."""
        return scopes_held(self.scopes, maker)

    def evolve(self, event: Event) -> None:
        match event:
            case ApiTokenIssued():
                take(self, event)
                self.maker = event.by
            case ApiTokenRevoked():
                self.is_revoked = True
