"""What begins: a house, opened with its trade's usual services and hours, and people who join a team."""

from uuid import UUID, uuid5

from msgspec.structs import replace

from accounts.commands import open_organisation, open_place, start_trial
from accounts.organisation import PlanTooSmall
from accounts.rights import rights_of_policy
from accounts.team.commands import accept_invitation, add_member
from accounts.team.invitation import Invitation
from agenda.commands import add_resource, add_service, assign_performer, set_hours
from agenda.resource import Resource
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, command
from starting.trades import TRADES, Trade


class TradeUnknown(Refusal):
    pass


class TeamFull(Refusal):
    """The plan of the house takes no member more; whoever joins can do nothing about it."""


@command("organisation.open", is_exclusive=True)
def open_house(
    log: Log,
    *,
    name: str,
    trade: str,
    country: str,
    zone: str,
    language: str,
    person_id: UUID,
    person_name: str,
    person_email: str,
    receives: bool,
    by: Act,
) -> None:
    """Opens the organisation that `by` names: a trial, a place, its owner, and where the owner `receives` people a
    column of their own with the hours and services that the trade usually has."""
    if trade not in TRADES:
        raise TradeUnknown(trade=trade)
    act = replace(by, may=rights_of_policy("starting"))
    id = by.organisation_id
    place_id, column_id = uuid5(id, "place"), uuid5(id, "column")
    open_organisation(log, name=name, trade=trade, country=country, zone=zone, language=language, by=act)
    start_trial(log, by=act)
    open_place(log, place_id, name=name, zone=zone, country=country, by=act)
    if receives:
        add_column(log, column_id, person_name, TRADES[trade], act)
    add_services(log, TRADES[trade], language, column_id if receives else None, act)
    facts = {"person_id": person_id, "name": person_name, "email": person_email}
    add_member(log, uuid5(id, "owner"), **facts, role="owner", resource_id=column_id if receives else None, by=act)


def add_column(log: Log, id: UUID, name: str, trade: Trade, by: Act) -> None:
    add_resource(log, id, kind="practitioner", name=name, by=by)
    set_hours(log, id, trade.hours(), by=by)


def add_services(log: Log, trade: Trade, language: str, column_id: UUID | None, by: Act) -> None:
    for offer in trade.offers:
        id = uuid5(by.organisation_id, f"service/{offer.names['fr']}")
        add_service(log, id, name=offer.name(language), duration_minutes=offer.minutes, price_cents=offer.cents, by=by)
        if column_id:
            assign_performer(log, id, column_id, by=by)


@command("team.join", is_exclusive=True)
def join_team(
    log: Log, invitation_id: UUID, member_id: UUID, *, person_id: UUID, name: str, email: str, by: Act
) -> None:
    """Follows an invitation; a practitioner for whom it names no column gets one of their own, without hours yet."""
    act = replace(by, may=rights_of_policy("starting"))
    invitation = log.get(Invitation, invitation_id)
    column_id = invitation.resource_id
    if invitation.role == "practitioner" and column_id is None:
        column_id = uuid5(member_id, "column")
        add_resource(log, column_id, kind="practitioner", name=name, rank=next_rank(log), by=act)
    facts = {"person_id": person_id, "name": name, "email": email}
    try:
        accept_invitation(log, invitation_id, member_id, **facts, resource_id=column_id, by=by)
    except PlanTooSmall:
        raise TeamFull from None


def next_rank(log: Log) -> int:
    """After all who receive already."""
    return 1 + max((one.rank for one in log.list(Resource) if one.kind == "practitioner"), default=-1)
