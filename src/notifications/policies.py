"""When somebody gets a letter about their account, or about the organisation they answer for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from accounts.events import (
    AddressesAllowed,
    InvitationMade,
    MemberGiftsEnded,
    MemberLeft,
    MemberRoleChanged,
    OrganisationClosed,
    OrganisationSuspended,
    SupportAccessOpened,
    TrialStarted,
)
from accounts.people.events import (
    LinkAsked,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordSet,
    PersonChanged,
    RecoveryCodesDrawn,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
    SessionOpened,
)
from accounts.team.ending import COUNTED
from kernel.events import Event
from kernel.jobs import Job
from kernel.reader import Policy
from notifications.sending import send_letter, write_to_owners

BEFORE_A_TRIAL_ENDS = timedelta(days=7)

letters = Policy("letters")


@letters.on(LinkAsked)
def send_the_link(event: LinkAsked) -> Iterator[Job]:
    yield to_one(event, event.purpose, link_id=event.link_id)


@letters.on(SessionOpened)
def tell_of_new_devices(event: SessionOpened) -> Iterator[Job]:
    if event.is_new_device:
        yield to_one(event, "new-device", session_id=event.session_id)


@letters.on(PasswordSet)
def tell_of_new_passwords(event: PasswordSet) -> Iterator[Job]:
    if event.why != "registered":
        yield to_one(event, "password-changed")


@letters.on(PersonChanged)
def tell_the_old_address(event: PersonChanged) -> Iterator[Job]:
    if "email" in event.fields:
        yield to_one(event, "email-changed", words_version=event.words_version)


@letters.on(PasskeyAdded)
def tell_of_new_passkeys(event: PasskeyAdded) -> Iterator[Job]:
    yield to_one(event, "passkey-added", name_id=event.name_id or "")


@letters.on(PasskeyRemoved)
def tell_of_removed_passkeys(event: PasskeyRemoved) -> Iterator[Job]:
    yield to_one(event, "passkey-removed")


@letters.on(SecondFactorTurnedOn)
def tell_of_second_factors(event: SecondFactorTurnedOn) -> Iterator[Job]:
    yield to_one(event, "second-factor-on")


@letters.on(SecondFactorTurnedOff)
def tell_of_lost_second_factors(event: SecondFactorTurnedOff) -> Iterator[Job]:
    yield to_one(event, "second-factor-off")


@letters.on(RecoveryCodesDrawn)
def tell_of_new_codes(event: RecoveryCodesDrawn) -> Iterator[Job]:
    yield to_one(event, "recovery-codes")


@letters.on(InvitationMade)
def send_the_invitation(event: InvitationMade) -> Iterator[Job]:
    """One without an address is handed over by whoever made it."""
    if event.email_id:
        yield to_one(event, "invitation", invitation_id=event.originator_id, by=event.by)


@letters.on(MemberRoleChanged)
def tell_of_roles(event: MemberRoleChanged) -> Iterator[Job]:
    yield to_one(event, "role-changed", member_id=event.originator_id)


@letters.on(MemberLeft)
def say_goodbye(event: MemberLeft) -> Iterator[Job]:
    """Whoever left of their own accord knows."""
    if event.why != "left":
        yield to_one(event, "member-left", member_id=event.originator_id)


@letters.on(MemberGiftsEnded)
def tell_owners_what_ended(event: MemberGiftsEnded) -> Iterator[Job]:
    """Programs that stop and links that are over are missed by somebody else than whoever lost the right."""
    counts = {name: getattr(event, name) for name in COUNTED}
    yield to_owners(event, "gifts-ended", member_id=event.originator_id, **counts)


@letters.on(SupportAccessOpened)
def tell_owners_of_support(event: SupportAccessOpened) -> Iterator[Job]:
    yield to_owners(event, "support-access", until=event.until.isoformat(), reason_id=event.reason_id or "")


@letters.on(AddressesAllowed)
def tell_owners_of_networks(event: AddressesAllowed) -> Iterator[Job]:
    yield to_owners(event, "addresses-changed")


@letters.on(OrganisationSuspended)
def tell_owners_of_suspension(event: OrganisationSuspended) -> Iterator[Job]:
    yield to_owners(event, "organisation-suspended", reason_id=event.reason_id or "")


@letters.on(OrganisationClosed)
def tell_owners_of_closing(event: OrganisationClosed) -> Iterator[Job]:
    yield to_owners(event, "organisation-closed", until=event.kept_until.isoformat())


@letters.on(TrialStarted)
def tell_owners_before_a_trial_ends(event: TrialStarted) -> Iterator[Job]:
    at = event.ends_at - BEFORE_A_TRIAL_ENDS
    yield to_owners(event, "trial-ends", at, until=event.ends_at.isoformat())


def to_one(event: Event, name: str, **about: Any) -> Job:
    key = key_of(event, name)
    return Job("send_letter", key, facts_of(event, key, name, about), event.at)


def to_owners(event: Event, name: str, at: datetime | None = None, **about: Any) -> Job:
    """Who the owners are is asked when the time has come."""
    key = key_of(event, name)
    due = at or event.at
    return Job("write_to_owners", key, facts_of(event, key, name, about) | {"at": due.isoformat()}, due)


def key_of(event: Event, name: str) -> str:
    return f"letter/{name}/{event.originator_id}/{event.originator_version}"


def facts_of(event: Event, key: str, name: str, about: dict[str, Any]) -> dict[str, Any]:
    """Identifiers alone: the words are looked up when the letter goes."""
    about |= {"at": event.at.isoformat(), "stream_id": event.originator_id, "version": event.originator_version}
    return {"key": key, "name": name, "at": about["at"], "about": {each: str(value) for each, value in about.items()}}


JOBS = {"send_letter": send_letter, "write_to_owners": write_to_owners}
