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
    presentation_id: UUID | None | UnsetType = UNSET
    accent: str | UnsetType = UNSET
    client_word: str | UnsetType = UNSET
    appointment_word: str | UnsetType = UNSET


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
    """The member's name and address stand in `members`, in this version. Those of an older time name no person."""

    role: str
    person_id: UUID | None = None
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
    """`why` is maker-left or maker-limited where it ended with the power of whoever issued it; empty by hand."""

    why: str = ""


class MemberRoleChanged(Event, frozen=True, kw_only=True):
    """`resource_id` is the member's own column from now on, if there is one."""

    role: str
    resource_id: UUID | None = None


class MemberGrantsChanged(Event, frozen=True, kw_only=True):
    """All that the member may do beside the role, from now on; see accounts.rights.Grants."""

    sees: list[UUID] = []
    edits: list[UUID] = []
    places: list[UUID] = []
    approves: list[UUID] = []
    given: list[str] = []
    taken: list[str] = []


class MemberLeft(Event, frozen=True, kw_only=True):
    """`why` is left or removed."""

    why: str


class MemberGiftsEnded(Event, frozen=True, kw_only=True):
    """How much of what the member had made ended because they left, or may do less: they could not make it now."""

    invitations: int = 0
    tokens: int = 0
    support_accesses: int = 0


class InvitationMade(Event, frozen=True, kw_only=True):
    """`uses` is how many may join by it, None for any number; the address it was sent to stands among the texts."""

    role: str
    resource_id: UUID | None = None
    uses: int | None = 1
    expires_at: datetime
    email_id: UUID | None = None


class InvitationUsed(Event, frozen=True, kw_only=True):
    member_id: UUID


class InvitationRevoked(Event, frozen=True, kw_only=True):
    """`why` as with tokens."""

    why: str = ""


class TrialStarted(Event, frozen=True, kw_only=True):
    """Everything may be tried until `ends_at`, without choosing a plan."""

    ends_at: datetime


class PlanChosen(Event, frozen=True, kw_only=True):
    """The limits as they were promised; None for no limit."""

    plan: str
    most_members: int | None = None
    most_places: int | None = None


class OrganisationSuspended(Event, frozen=True, kw_only=True):
    """By whoever runs the installation, for the reason given: nothing can be changed, everything can be taken out."""


class OrganisationResumed(Event, frozen=True, kw_only=True):
    pass


class OrganisationClosed(Event, frozen=True, kw_only=True):
    """By its owner. Until `kept_until` it can be looked at, taken out and opened again."""

    kept_until: datetime


class OrganisationReopened(Event, frozen=True, kw_only=True):
    pass


class AddressesAllowed(Event, frozen=True, kw_only=True):
    """From where members of this role may enter, and programs where the role is program; everybody where it is empty.
    No networks let everybody in."""

    role: str = ""
    networks: list[str] = []


class SupportAccessOpened(Event, frozen=True, kw_only=True):
    """Somebody of the support may look until `until`, for the reason given."""

    person_id: UUID
    until: datetime


class SupportChangesAllowed(Event, frozen=True, kw_only=True):
    """The house lets this access change things too."""


class SupportAccessEnded(Event, frozen=True, kw_only=True):
    """`why` as with tokens, of whoever let the support change things."""

    why: str = ""


class SupportPageSeen(Event, frozen=True, kw_only=True):
    """What the support looked at: the page by its name in the code, and the thing shown."""

    page: str
    thing_id: UUID | None = None
