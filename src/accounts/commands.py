"""What can be asked of organisations, places, members and tokens."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg import Connection

from accounts.member import Member
from accounts.organisation import Organisation
from accounts.place import Place
from accounts.token import ApiToken
from accounts.token_secrets import hash_of
from kernel.actors import Act
from kernel.errors import IdTaken, Refusal
from kernel.store import Log, command
from kernel.texts import words_of


class ZoneUnknown(Refusal):
    pass


@command("organisation.open", is_exclusive=True)
def open_organisation(
    log: Log,
    *,
    name: str,
    country: str,
    zone: str,
    language: str = "fr",
    currency: str = "EUR",
    trade: str = "",
    by: Act,
) -> None:
    """Opens the organisation that `by` names."""
    must_be_a_zone(zone)
    organisation = Organisation(id=by.organisation_id)
    organisation.open(by, name=name, country=country, zone=zone, language=language, currency=currency, trade=trade)
    log.keep(organisation)


@command("organisation.write", is_exclusive=True)
def open_place(log: Log, id: UUID, *, zone: str, by: Act, **facts: Any) -> None:
    """`facts` are the other fields of PlaceOpened."""
    must_be_a_zone(zone)
    if organisation := log.find(Organisation, by.organisation_id):
        organisation.must_have_room(places=1 + len(log.list(Place)))
    place = Place(id=id)
    place.open(by, zone=zone, **facts)
    log.keep(place)


@command("organisation.write", is_exclusive=True)
def change_place(log: Log, id: UUID, *, by: Act, **facts: Any) -> None:
    """`facts` are the fields of PlaceChanged."""
    must_be_a_zone(facts.get("zone", "UTC"))
    place = log.get(Place, id)
    place.change(by, **facts)
    log.keep(place)


@command("organisation.write", is_exclusive=True)
def change_organisation(log: Log, *, presentation: str | None = None, by: Act, **facts: Any) -> None:
    """`facts` are the fields of OrganisationChanged. `presentation` is kept as it is written, and web.rich_text says
    which of its tags are shown; None leaves it."""
    must_be_a_zone(facts.get("zone", "UTC"))
    organisation = log.get(Organisation, by.organisation_id)
    if presentation is not None and presentation.strip() != presentation_of(log.connection, organisation):
        facts["presentation_id"] = log.write(presentation, kind="presentation", about=by.organisation_id)
    organisation.change(by, **facts)
    log.keep(organisation)


def presentation_of(db: Connection, organisation: Organisation) -> str:
    id = organisation.presentation_id
    return words_of(db, [id]).get(id, "") if id else ""


@command("desk.enter", is_exclusive=True)
def note_sign_in(log: Log, id: UUID, *, by: Act) -> None:
    member = log.get(Member, id)
    member.sign_in(by)
    log.keep(member)


@command("programs.write", is_exclusive=True)
def issue_token(
    log: Log,
    id: UUID,
    *,
    name: str,
    secret: str,
    scopes: Collection[str],
    per_minute: int = 600,
    expires_at: datetime | None = None,
    by: Act,
) -> None:
    """`secret` is drawn by `token_secrets.fresh_secret`; only its hash is kept."""
    if log.find(ApiToken, id):
        raise IdTaken
    token = ApiToken(id=id)
    token.issue(by, log.write(name, kind="name", about=id), list(scopes), per_minute, expires_at)
    log.connection.execute("INSERT INTO api_tokens (id, secret_hash) VALUES (%s, %s)", (id, hash_of(secret)))
    log.keep(token)


@command("programs.write", is_exclusive=True)
def revoke_token(log: Log, id: UUID, *, by: Act) -> None:
    token = log.get(ApiToken, id)
    token.revoke(by)
    log.keep(token)


def must_be_a_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ZoneUnknown(zone=name) from unknown


@command("organisation.open", is_exclusive=True)
def start_trial(log: Log, *, by: Act) -> None:
    change(log, Organisation.start_trial, by)


@command("plan.write", is_exclusive=True)
def choose_plan(log: Log, plan: str, *, by: Act) -> None:
    """From today on, whatever day it is. Refuses a plan that is too small for what there is."""
    members = sum(not one.has_left for one in log.list(Member))
    change(log, Organisation.choose_plan, by, plan=plan, members=members, places=len(log.list(Place)))


@command("organisation.suspend", is_exclusive=True)
def suspend_organisation(log: Log, *, reason: str, by: Act) -> None:
    change(log, Organisation.suspend, by.because(log.write(reason, kind="reason", about=by.organisation_id)))


@command("organisation.suspend", is_exclusive=True)
def resume_organisation(log: Log, *, by: Act) -> None:
    change(log, Organisation.resume, by)


@command("organisation.close", is_exclusive=True)
def close_organisation(log: Log, *, reason: str = "", by: Act) -> None:
    change(log, Organisation.close, by.because(log.write(reason, kind="reason", about=by.organisation_id)))


@command("organisation.close", is_exclusive=True)
def reopen_organisation(log: Log, *, by: Act) -> None:
    change(log, Organisation.reopen, by)


@command("access.write", is_exclusive=True)
def allow_addresses(log: Log, networks: list[str], *, role: str = "", by: Act) -> None:
    """`networks` as accounts.networks writes them; none lets everybody of the role in, "" being all roles."""
    change(log, Organisation.allow_addresses, by, role=role, networks=networks)


def change(log: Log, decide: Any, by: Act, **facts: Any) -> None:
    organisation = log.get(Organisation, by.organisation_id)
    decide(organisation, by=by, **facts)
    log.keep(organisation)
