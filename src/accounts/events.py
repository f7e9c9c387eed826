"""What happens to organisations, places, members and the tokens of programs."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, UnsetType

from kernel.events import Event


class OrganisationOpened(Event, frozen=True, kw_only=True):
    """`zone` is an IANA name, `country` ISO 3166 alpha-2, `currency` ISO 4217."""

    name: str
    trade: str = ""
    country: str
    zone: str
    language: str
    currency: str


class OrganisationChanged(Event, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    trade: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET


class PlaceOpened(Event, frozen=True, kw_only=True):
    name: str
    zone: str
    country: str
    address: str = ""
    lead_minutes: int | None = None
    horizon_days: int | None = None
    notice_minutes: int | None = None


class PlaceChanged(Event, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    lead_minutes: int | None | UnsetType = UNSET
    horizon_days: int | None | UnsetType = UNSET
    notice_minutes: int | None | UnsetType = UNSET


class MemberJoined(Event, frozen=True, kw_only=True):
    """The member's name and address stand in `members`, in this version."""

    role: str
    resource_id: UUID | None = None
    words_version: int


class MemberSignedIn(Event, frozen=True, kw_only=True):
    pass


class ApiTokenIssued(Event, frozen=True, kw_only=True):
    """The token itself is nowhere; its hash stands in `api_tokens`, its name among the texts."""

    name_id: UUID | None = None
    scopes: list[str]
    per_minute: int
    expires_at: datetime | None = None


class ApiTokenRevoked(Event, frozen=True, kw_only=True):
    pass
