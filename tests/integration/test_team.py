"""The team: people join by invitations, in roles and with grants, and a house always keeps an owner."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from accounts import commands as houses
from accounts.member import GrantUnknown, Member, MemberGone, RoleUnknown
from accounts.organisation import Organisation, OrganisationNotSo, PlanTooSmall, PlanUnknown
from accounts.people.acts import as_self
from accounts.rights import SETUP, Grants, rights_of
from accounts.support import commands as support
from accounts.support.access import SupportAccessNotValid, SupportAccessOver
from accounts.team import commands as team
from accounts.team.invitation import Invitation, InvitationNotValid, InvitationOver
from accounts.team.queries import invitations
from accounts.team.queries import team as team_of
from booking.commands import cancel_appointment
from kernel.actors import Act
from kernel.errors import NotFound
from kernel.rights import Forbidden
from kernel.store import Store
from tests.story import NOW, House, at

LATER = NOW + timedelta(days=7)


@pytest.fixture
def house(store: Store) -> House:
    one = House(store)
    one.join()
    return one


def role(house: House, name: str, resource_id: UUID | None = None, grants: Grants | None = None) -> Act:
    """An act of somebody in this role."""
    return house.by(may=rights_of(name, resource_id, grants or Grants()))


def invite(house: House, **facts) -> UUID:
    id = uuid4()
    team.make_invitation(house.store, id, **({"role": "secretary", "expires_at": LATER} | facts), by=house.by())
    return id


def follow(house: House, invitation_id: UUID, person_id: UUID | None = None) -> UUID:
    """Somebody who has the link joins; returns the member."""
    person_id, id = person_id or house.person(), uuid4()
    by = replace(as_self(person_id, NOW), organisation_id=house.id)
    facts = {"person_id": person_id, "name": "Karim", "email": f"{person_id}@exemple.fr"}
    team.accept_invitation(house.store, invitation_id, id, **facts, by=by)
    return id


def member(house: House, id: UUID) -> Member:
    return house.store.find(house.id, Member, id)


# Joining


def test_whoever_follows_an_invitation_belongs_to_the_team_at_once(house: House):
    id = follow(house, invite(house, role="practitioner", resource_id=house.karim))
    found = next(one for one in team_of(house.store, house.id) if one.id == id)
    assert (found.name, found.role, found.resource_id) == ("Karim", "practitioner", house.karim)


def test_an_invitation_for_one_lets_one_in(house: House):
    id = invite(house)
    follow(house, id)
    with pytest.raises(InvitationOver) as over:
        follow(house, id)
    assert over.value.facts == {"why": "used"}


def test_an_invitation_for_several_lets_so_many_in(house: House):
    id = invite(house, uses=3)
    assert len({follow(house, id) for _ in range(3)}) == 3
    with pytest.raises(InvitationOver):
        follow(house, id)
    assert invitations(house.store, house.id, NOW)[0].over == "used"


def test_an_invitation_without_a_number_lets_everybody_in(house: House):
    id = invite(house, uses=None)
    assert len({follow(house, id) for _ in range(4)}) == 4


def test_an_invitation_taken_back_or_past_its_time_lets_nobody_in(house: House):
    gone, old = invite(house), invite(house, expires_at=NOW + timedelta(seconds=1))
    team.revoke_invitation(house.store, gone, by=house.by())
    with pytest.raises(InvitationOver, match="revoked"):
        follow(house, gone)
    assert house.store.find(house.id, Invitation, old).over(NOW + timedelta(seconds=1), SETUP) == "expired"


@pytest.mark.parametrize("facts", [{"uses": 0}, {"uses": 1001}, {"expires_at": NOW}])
def test_an_invitation_that_could_let_nobody_in_is_not_made(house: House, facts):
    with pytest.raises(InvitationNotValid):
        invite(house, **facts)


def test_nobody_belongs_to_a_house_twice(house: House):
    id = invite(house, uses=None)
    person_id = house.person()
    follow(house, id, person_id)
    with pytest.raises(team.MemberAlready):
        follow(house, id, person_id)
    assert house.store.find(house.id, Invitation, id).used == 1


def test_an_invitation_of_another_house_is_not_there(house: House, store: Store):
    other = House(store)
    with pytest.raises(NotFound):
        follow(other, invite(house))


def test_of_many_who_follow_an_invitation_for_one_at_once_one_joins(house: House):
    id, people = invite(house), [uuid4() for _ in range(1000)]

    def try_it(person_id: UUID) -> int:
        try:
            follow(house, id, person_id)
        except InvitationOver:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_it, people)) == 1
    assert house.store.find(house.id, Invitation, id).used == 1
    assert len(team_of(house.store, house.id)) == 2


# Roles and grants


def test_managers_make_no_owners_and_change_none(house: House):
    id = follow(house, invite(house))
    with pytest.raises(Forbidden):
        team.change_member_role(house.store, id, role="owner", by=role(house, "manager"))
    with pytest.raises(Forbidden):
        team.change_member_role(house.store, house.member_id, role="viewer", by=role(house, "manager"))
    with pytest.raises(Forbidden):
        team.make_invitation(house.store, uuid4(), role="owner", expires_at=LATER, by=role(house, "manager"))
    with pytest.raises(Forbidden):
        team.remove_member(house.store, house.member_id, by=role(house, "manager"))
    team.change_member_role(house.store, id, role="manager", by=role(house, "manager"))
    assert member(house, id).role == "manager"


def test_nobody_gives_what_they_do_not_hold(house: House):
    id = follow(house, invite(house))
    lesser = role(house, "manager", grants=Grants(taken=("figures.see",)))
    with pytest.raises(Forbidden):
        team.change_member_grants(house.store, id, Grants(given=("figures.see",)), by=lesser)
    team.change_member_grants(house.store, id, Grants(given=("figures.see",)), by=role(house, "manager"))
    assert member(house, id).grants.given == ("figures.see",)


@pytest.mark.parametrize(
    ("limit", "wish"),
    [
        (Grants(taken=("figures.see",)), Grants()),
        (Grants(taken=("clients.contacts",)), Grants()),
        (Grants(sees=(UUID(int=1),)), Grants()),
        (Grants(sees=(UUID(int=1),)), Grants(sees=(UUID(int=1), UUID(int=2)))),
        (Grants(edits=(UUID(int=1),)), Grants(edits=(UUID(int=2),))),
        (Grants(places=(UUID(int=1),)), Grants(places=(UUID(int=2),))),
        (Grants(places=(UUID(int=1),)), Grants()),
    ],
)
def test_nobody_takes_a_limit_off_themself(house: House, limit: Grants, wish: Grants):
    id = follow(house, invite(house, role="manager"))
    team.change_member_grants(house.store, id, limit, by=house.by())
    with pytest.raises(Forbidden):
        team.change_member_grants(house.store, id, wish, by=role(house, "manager", grants=limit))
    assert member(house, id).grants == limit
    team.change_member_grants(house.store, id, wish, by=role(house, "manager"))


def test_nobody_invites_or_promotes_into_more_than_they_hold(house: House):
    id = follow(house, invite(house, role="viewer"))
    lesser = role(house, "manager", grants=Grants(sees=(house.claire,)))
    for limited in (lesser, role(house, "manager", grants=Grants(taken=("figures.see",)))):
        with pytest.raises(Forbidden):
            team.make_invitation(house.store, uuid4(), role="manager", expires_at=LATER, by=limited)
        with pytest.raises(Forbidden):
            team.change_member_role(house.store, id, role="manager", by=limited)
    facts = {"role": "practitioner", "resource_id": house.karim, "expires_at": LATER}
    with pytest.raises(Forbidden):
        team.make_invitation(house.store, uuid4(), **facts, by=lesser)
    team.change_member_role(house.store, id, role="viewer", by=lesser)


@pytest.mark.parametrize("right", ["team.write", "organisation.close", "agenda.paint"])
def test_what_makes_the_roles_is_given_to_nobody_alone(house: House, right: str):
    with pytest.raises(GrantUnknown):
        team.change_member_grants(house.store, house.member_id, Grants(given=(right,)), by=house.by())


def test_a_role_that_there_is_not_is_refused(house: House):
    with pytest.raises(RoleUnknown):
        team.change_member_role(house.store, house.member_id, role="king", by=house.by())


def test_a_house_keeps_an_owner(house: House):
    for leave in (
        lambda: team.remove_member(house.store, house.member_id, by=house.by()),
        lambda: team.leave_team(house.store, house.member_id, by=house.by()),
        lambda: team.change_member_role(house.store, house.member_id, role="viewer", by=house.by()),
    ):
        with pytest.raises(team.LastOwner):
            leave()
    other = follow(house, invite(house, role="owner"))
    team.leave_team(house.store, house.member_id, by=house.by())
    assert member(house, house.member_id).has_left
    assert not member(house, other).has_left


def test_nobody_makes_somebody_else_leave_of_their_own_will(house: House):
    other = follow(house, invite(house))
    with pytest.raises(Forbidden):
        team.leave_team(house.store, other, by=house.by())
    assert not member(house, other).has_left


def test_two_owners_who_leave_at_once_do_not_both_leave(house: House):
    other = follow(house, invite(house, role="owner"))

    def leave(id: UUID) -> int:
        try:
            team.leave_team(house.store, id, by=house.by(actor=f"staff/{id}"))
        except team.LastOwner:
            return 0
        return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(leave, (house.member_id, other))) == 1


def test_whoever_has_left_comes_back_by_a_new_invitation_as_a_new_member(house: House):
    person_id = house.person()
    first = follow(house, invite(house), person_id)
    team.remove_member(house.store, first, by=house.by())
    with pytest.raises(MemberGone):
        team.change_member_role(house.store, first, role="viewer", by=house.by())
    assert follow(house, invite(house), person_id) != first


# What rights reach, in commands


def test_a_practitioner_books_moves_and_cancels_in_the_own_column_alone(house: House):
    mine, theirs = house.book(at(9)), house.book(at(9), resource=house.karim)
    claire = role(house, "practitioner", house.claire)
    cancel_appointment(house.store, mine, by=claire)
    with pytest.raises(Forbidden):
        cancel_appointment(house.store, theirs, by=claire)
    with pytest.raises(Forbidden):
        house.book(at(11), resource=house.karim, by=claire)
    house.book(at(11), by=claire)


def test_nobody_takes_an_appointment_over_from_a_column_that_is_not_theirs(house: House):
    from agenda.wanted import Wanted
    from booking.commands import move_appointment

    theirs = house.book(at(9), resource=house.karim)
    with pytest.raises(Forbidden):
        move_appointment(
            house.store,
            theirs,
            at(15),
            wanted=[Wanted(house.massage, (house.claire,))],
            by=role(house, "practitioner", house.claire),
        )


def test_a_viewer_and_somebody_without_rights_change_nothing(house: House):
    id = house.book(at(9))
    for by in (role(house, "viewer"), Act(organisation_id=house.id, actor="staff/x", at=NOW)):
        with pytest.raises(Forbidden):
            cancel_appointment(house.store, id, by=by)


def test_somebody_who_may_not_set_rules_aside_is_told_so(house: House):
    from booking.rules import OverrideNotAllowed

    by = role(house, "secretary", grants=Grants(taken=("rules.override",)))
    with pytest.raises(OverrideNotAllowed):
        house.book(at(20), override=["hours"], reason="elle insiste", by=by)


# How the house stands


def test_the_plan_says_how_many_members_and_places_there_may_be(house: House):
    houses.choose_plan(house.store, "solo", by=house.by())
    with pytest.raises(PlanTooSmall):
        follow(house, invite(house))
    with pytest.raises(PlanTooSmall):
        houses.open_place(house.store, uuid4(), name="Annexe", zone="Europe/Paris", country="FR", by=house.by())
    houses.choose_plan(house.store, "house", by=house.by())
    follow(house, invite(house))
    with pytest.raises(PlanTooSmall):
        houses.choose_plan(house.store, "solo", by=house.by())
    with pytest.raises(PlanUnknown):
        houses.choose_plan(house.store, "gold", by=house.by())


def test_a_trial_lasts_fourteen_days_and_a_plan_goes_on_after_it(house: House):
    houses.start_trial(house.store, by=house.by())
    trial = house.store.find(house.id, Organisation, house.id)
    assert trial.standing(NOW + timedelta(days=14, seconds=-1)) == "open"
    assert trial.standing(NOW + timedelta(days=14)) == "over"
    houses.choose_plan(house.store, "team", by=house.by())
    assert house.store.find(house.id, Organisation, house.id).standing(NOW + timedelta(days=400)) == "open"


def test_a_house_is_suspended_resumed_closed_and_opened_again(house: House):
    def stands() -> str:
        return house.store.find(house.id, Organisation, house.id).standing(NOW)

    houses.suspend_organisation(house.store, reason="impayé", by=house.by())
    assert stands() == "suspended"
    with pytest.raises(OrganisationNotSo):
        houses.suspend_organisation(house.store, reason="impayé", by=house.by())
    houses.resume_organisation(house.store, by=house.by())
    houses.close_organisation(house.store, by=house.by())
    assert stands() == "closed"
    with pytest.raises(Forbidden):
        houses.reopen_organisation(house.store, by=role(house, "manager"))
    houses.reopen_organisation(house.store, by=house.by())
    assert stands() == "open"
    with pytest.raises(OrganisationNotSo):
        houses.reopen_organisation(house.store, by=house.by())


# The support


def test_the_support_comes_in_for_a_reason_and_eight_hours_at_most(house: House):
    by = house.by(actor=f"support/{uuid4()}")
    for until, reason in ((NOW + timedelta(hours=9), "panne"), (NOW, "panne"), (NOW + timedelta(hours=1), " ")):
        with pytest.raises(SupportAccessNotValid):
            support.open_support_access(house.store, uuid4(), uuid4(), until=until, reason=reason, by=by)


def test_an_access_that_has_ended_shows_nothing_more(house: House):
    id, by = uuid4(), house.by(actor=f"support/{uuid4()}")
    support.open_support_access(house.store, id, uuid4(), until=NOW + timedelta(hours=1), reason="panne", by=by)
    support.note_support_look(house.store, id, "desk.day", by=by)
    with pytest.raises(Forbidden):
        support.allow_support_changes(house.store, id, by=role(house, "manager"))
    support.end_support_access(house.store, id, by=role(house, "owner"))
    for do in (support.note_support_look, support.allow_support_changes):
        with pytest.raises(SupportAccessOver):
            do(house.store, id, *(["desk.day"] if do is support.note_support_look else []), by=house.by())
