"""The table of rights: what each role may do, what grants make of it, and how far a right over columns reaches."""

from uuid import uuid4

import pytest

from accounts.rights import (
    GRANTABLE,
    OVER_COLUMNS,
    POLICY_RIGHTS,
    RIGHTS,
    ROLES,
    SCOPE_RIGHTS,
    Grants,
    read_table,
    rights_of,
    rights_of_policy,
    rights_of_scopes,
    rights_of_support,
    rights_to_look,
    standing_still,
)
from accounts.token import SCOPES
from kernel.rights import Rights

OWN, OTHER, ROOM, SERVICE = uuid4(), uuid4(), uuid4(), uuid4()


def mine(*ids):
    return lambda: [frozenset(ids)]


def test_the_table_names_every_role_and_every_cell():
    assert all(set(row) == {*ROLES, "client", "support"} for row in RIGHTS.values())
    assert {*GRANTABLE, *OVER_COLUMNS} <= set(RIGHTS)


@pytest.mark.parametrize("slip", ["a.right all some", "a.right all", "a.right all all\na.right - -"])
def test_a_slip_in_the_table_stops_the_program(slip: str):
    with pytest.raises(ValueError, match="table|argument"):
        read_table(f"right owner viewer\n{slip}")


def test_an_owner_may_all_that_a_member_may_and_a_viewer_only_looks():
    assert all(row["owner"] == "all" for right, row in RIGHTS.items() if right != "support.look")
    assert all(right.endswith((".see", ".contacts")) for right in rights_of("viewer").reach if right != "desk.enter")


@pytest.mark.parametrize("role", ROLES[1:])
def test_nobody_but_owners_may_close_the_house_or_choose_who_enters(role: str):
    for right in ("organisation.close", "plan.write", "owners.write", "access.write", "support.allow"):
        assert not rights_of(role).may(right)


def test_a_practitioner_changes_the_own_column_alone():
    rights = rights_of("practitioner", OWN)
    assert rights.may_over("agenda.write", mine(OWN, ROOM))
    assert not rights.may_over("agenda.write", mine(OTHER, ROOM))
    assert not rights.may_over("agenda.write", lambda: [frozenset([OWN]), frozenset([OTHER])])
    assert rights.may_over("agenda.see", mine(OTHER))


def test_what_touches_the_whole_house_is_reached_by_the_whole_house_only():
    assert rights_of("manager").may_over("agenda.write", lambda: None)
    assert not rights_of("practitioner", OWN).may_over("agenda.write", lambda: None)


def test_a_practitioner_without_a_column_changes_none():
    assert not rights_of("practitioner").may_over("agenda.write", mine(OWN))


def test_grants_add_columns_to_a_practitioner_and_limit_a_secretary():
    grants = Grants(edits=(OTHER,))
    assert rights_of("practitioner", OWN, grants).over("agenda.write") == {OWN, OTHER}
    assert rights_of("secretary", None, grants).over("agenda.write") == {OTHER}
    assert rights_of("secretary", None, grants).over("agenda.see") is None


def test_nobody_changes_what_they_do_not_see():
    rights = rights_of("secretary", None, Grants(sees=(OTHER,)))
    assert rights.over("agenda.see") == rights.over("agenda.write") == rights.over("hours.write") == {OTHER}


def test_whoever_sees_some_columns_sees_those_they_change_too_and_no_history_of_all():
    rights = rights_of("practitioner", OWN, Grants(sees=(OTHER,)))
    assert rights.over("agenda.see") == {OWN, OTHER}
    assert not rights.may("history.see")


def test_places_limit_what_is_seen_and_changed_to_who_receives_there():
    rights = rights_of("secretary", None, Grants(places=(uuid4(),)), frozenset([OTHER]))
    assert rights.over("agenda.see") == rights.over("agenda.write") == {OTHER}
    assert rights_of("secretary", None, Grants(places=(uuid4(),))).over("agenda.see") == frozenset()


def test_somebody_approves_for_the_services_and_people_named():
    rights = rights_of("viewer", None, Grants(given=("requests.approve",), approves=(SERVICE,)))
    assert rights.may_over("requests.approve", mine(OTHER, SERVICE))
    assert not rights.may_over("requests.approve", mine(OTHER))
    assert not rights_of("manager", None, Grants(taken=("requests.approve",))).may("requests.approve")


def test_without_contacts_nobody_changes_or_takes_out_files():
    rights = rights_of("manager", None, Grants(taken=("clients.contacts",)))
    left = ("clients.contacts", "clients.write", "clients.merge", "clients.import", "clients.export")
    assert not any(rights.may(right) for right in left)
    assert rights.may("clients.see")


@pytest.mark.parametrize("role", ROLES)
def test_whoever_sees_no_files_does_nothing_with_them(role: str):
    """Neither by the role nor by what is given beside it: who may export would see them all."""
    rights = rights_of(role, None, Grants(given=GRANTABLE, taken=("clients.see",)))
    assert [right for right in rights.reach if right.startswith("clients.")] == []


def test_a_given_right_over_columns_is_for_the_whole_house_unless_columns_are_named():
    assert rights_of("viewer", None, Grants(given=("absences.write",))).over("absences.write") is None
    assert rights_of("viewer", None, Grants(given=("absences.write",), edits=(OWN,))).over("absences.write") == {OWN}


def test_a_house_that_stands_still_can_be_looked_at_taken_out_and_taken_up_again():
    left = standing_still(rights_of("owner"))
    assert {"agenda.see", "clients.contacts", "clients.export", "plan.write", "organisation.close"} <= set(left.reach)
    assert not any(left.may(right) for right in ("agenda.write", "clients.write", "team.write", "settings.write"))


def test_whoever_sees_as_another_only_looks():
    seen = rights_to_look(rights_of("practitioner", OWN, Grants(sees=(OTHER,))))
    assert seen.over("agenda.see") == {OWN, OTHER}
    assert all(right.endswith((".see", ".contacts")) for right in seen.reach)


def test_the_support_looks_and_changes_only_where_it_is_let():
    looking, changing = rights_of_support(may_change=False), rights_of_support(may_change=True)
    assert not any(right.endswith(".write") for right in looking.reach)
    assert not looking.may("clients.contacts")
    assert changing.may("agenda.write")
    closed = ("team.write", "access.write", "clients.write", "clients.export", "programs.write")
    assert not any(changing.may(right) for right in closed)


def test_every_scope_of_a_token_and_every_policy_says_its_rights():
    assert set(SCOPE_RIGHTS) == set(SCOPES)
    assert not rights_of_scopes(["appointments:read", "clients:read", "settings:read"]).may("agenda.write")
    assert {name for name in POLICY_RIGHTS if rights_of_policy(name).may("team.write")} <= {"starting"}


def test_without_rights_nothing_may_be_done():
    assert not Rights().may("agenda.see")
    assert not Rights().may_over("agenda.see", mine(OWN))
    assert Rights().over("agenda.see") == frozenset()
