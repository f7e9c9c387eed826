"""Who a visitor is in the house that they entered: a member, seen as another, or somebody of the support."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from flask import g
from msgspec.structs import replace

from accounts import queries as accounts
from accounts.organisation import Organisation
from accounts.people.person import Person
from accounts.people.queries import Visitor
from accounts.queries import MemberCard
from accounts.rights import rights_to_look, shared
from accounts.support.access import SupportAccess
from accounts.token_queries import Program
from agenda.queries import receiving_at
from kernel.store import Store
from web import addresses

Entering = TypeVar("Entering", MemberCard, Program)


def standing_there(store: Store, visitor: Visitor, now: datetime) -> MemberCard | None:
    """The member, with all the rights they have now; None for whoever entered no house or belongs to it no longer."""
    if visitor.organisation_id is None:
        return None
    if visitor.support_access_id:
        return support(store, visitor, now)
    member = member_of(store, visitor.organisation_id, visitor.member_id, now)
    return seen_as_another(store, member, visitor, now) if member and visitor.seeing_as else member


def member_of(store: Store, organisation_id: UUID, id: UUID | None, now: datetime) -> MemberCard | None:
    member = accounts.member(store, organisation_id, id, now, receiving_at) if id else None
    return None if member is None or member.has_left else member


def seen_as_another(store: Store, member: MemberCard, visitor: Visitor, now: datetime) -> MemberCard:
    """What the other would see, no more than one may see oneself, and nothing that they could do; only while one may
    look at others."""
    other = member_of(store, member.organisation_id, visitor.seeing_as, now)
    if other is None or not member.rights.may("others.see"):
        return member
    g.seer = member
    return replace(other, rights=shared(rights_to_look(other.rights), member.rights), networks=member.networks)


def support(store: Store, visitor: Visitor, now: datetime) -> MemberCard | None:
    access = store.find(visitor.organisation_id, SupportAccess, visitor.support_access_id)
    person = store.find(visitor.person_id, Person, visitor.person_id)
    is_theirs = access is not None and access.person_id == visitor.person_id
    if not is_theirs or not person.is_support or not person.has_second_factor:
        return None
    house = store.find(visitor.organisation_id, Organisation, visitor.organisation_id)
    card = accounts.support_member(access, house, now)
    return replace(card, name=visitor.name, email=visitor.email) if card else None


def let_in(entering: Entering | None) -> Entering | None:
    """Nobody where the house lets people in from other addresses only; `g.kept_out` says so."""
    if entering and entering.networks and not addresses.is_within(addresses.asking(), entering.networks):
        g.kept_out = True
        return None
    return entering
