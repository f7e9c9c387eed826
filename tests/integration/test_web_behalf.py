"""In another's place: acting for a client or a colleague under both names, and seeing what another sees."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from accounts.rights import Grants
from accounts.team.commands import add_member, change_member_grants, change_member_role, remove_member
from tests.browser.visitor import PASSWORD, Desk, open_desk, words
from tests.integration.test_non_interference import UUID_TEXT, whole
from tests.story import House, at

BEHALF = re.compile(r'<div class="bar-over".*?</form></div>', re.DOTALL)
DONE_BY = "SELECT actor, behalf FROM view_history WHERE stream_id = %s ORDER BY version"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened


def colleague(desk: Desk, role: str, grants: Grants | None = None, **facts: object) -> tuple[UUID, FlaskClient]:
    """Somebody of the team beside whoever is at the desk, signed in at another computer."""
    id, email = uuid4(), f"{uuid4()}@exemple.fr"
    desk.house.hire(role, email, "Karim Benali", id=id)
    if grants:
        change_member_grants(desk.house.store, id, grants, by=desk.house.by())
    browser = desk.app.test_client()
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})
    return id, browser


def book(desk: Desk, client_id: UUID, hour: int) -> UUID:
    id = uuid4()
    assert desk.book(at(hour), client_id, id=id).status_code == 200
    desk.house.read_on()
    return id


def names_in(desk: Desk, id: UUID) -> set[tuple[str, str]]:
    return set(desk.house.rows(DONE_BY, id))


# On behalf


def test_whoever_acts_for_a_client_books_for_them_under_both_names(desk: Desk):
    desk.enter("secretary")
    emilie = desk.house.client()
    assert desk.post(f"/behalf/client/{emilie}").location == f"/appointments/new?client={emilie}"
    assert "Vous agissez pour Émilie Rousseau. L’historique garde les deux noms." in desk.text("/agenda/2026-11-24")
    chosen = re.search(rf'<option value="{emilie}" selected>', desk.get("/appointments/new").text)
    assert chosen
    assert names_in(desk, book(desk, emilie, 14)) == {(f"staff/{desk.house.member_id}", f"client/{emilie}")}
    assert "pour Émilie Rousseau" in desk.text("/history")
    desk.post("/behalf/end")
    assert "Vous agissez pour" not in desk.text("/agenda/2026-11-24")
    assert names_in(desk, book(desk, emilie, 16)) == {(f"staff/{desk.house.member_id}", "")}


def test_whoever_acts_for_a_colleague_keeps_their_own_rights(desk: Desk):
    desk.enter("secretary")
    owner, _ = colleague(desk, "owner")
    assert desk.post(f"/behalf/staff/{owner}").location == "/"
    assert "Vous agissez pour Karim Benali" in desk.text("/agenda/2026-11-24")
    assert names_in(desk, book(desk, desk.house.client(), 14)) == {(f"staff/{desk.house.member_id}", f"staff/{owner}")}
    for closed in ("/settings", "/settings/team", "/settings/access", "/clients/export"):
        assert desk.get(closed).status_code == 403


def test_nobody_acts_for_whom_the_house_does_not_know(desk: Desk):
    desk.enter("secretary")
    gone, _ = colleague(desk, "viewer")
    remove_member(desk.house.store, gone, by=desk.house.by())
    elsewhere = House(desk.house.store)
    strangers = (f"client/{elsewhere.client()}", f"client/{uuid4()}", f"staff/{gone}", f"staff/{elsewhere.member_id}")
    for whom in strangers:
        assert desk.post(f"/behalf/{whom}").status_code == 404
    assert "Vous agissez pour" not in desk.text("/agenda/2026-11-24")


def test_it_ends_with_the_session_and_with_the_house(desk: Desk):
    desk.enter("secretary")
    emilie, other = desk.house.client(), House(desk.house.store)
    facts = {"person_id": desk.house.person_id, "name": "Sonia", "email": desk.email, "role": "secretary"}
    add_member(other.store, uuid4(), **facts, by=other.by())
    desk.post(f"/behalf/client/{emilie}")
    assert "Vous agissez pour" in desk.text("/agenda/2026-11-24")
    for house in (other, desk.house):
        desk.post(f"/organisations/{house.id}")
        assert "Vous agissez pour" not in desk.text("/agenda/2026-11-24")
    desk.post(f"/behalf/client/{emilie}")
    assert "Vous agissez pour" in desk.text("/agenda/2026-11-24")
    desk.post("/sign-out")
    desk.sign_in()
    desk.post(f"/organisations/{desk.house.id}")
    assert "Vous agissez pour" not in desk.text("/agenda/2026-11-24")


# Seeing as another


def without_bars(page: str) -> str:
    """A page as it is for whoever is themself: without the bar, without what is new each time, and without the word
    that it may be kept, which pages seen in another's place never have."""
    plain = UUID_TEXT.sub("·", BEHALF.sub("", page).replace("\n\n", "\n"))
    return plain.replace("Carnet-Keep: ·\n", "").replace(' data-member="·"', "")


@pytest.mark.parametrize("limit", ["nothing", "columns", "contacts"])
def test_whoever_sees_as_another_sees_their_pages_to_the_byte(limit: str, desk: Desk):
    desk.enter("manager")
    emilie = desk.house.client(phone="06 12 34 56 78")
    desk.house.book(at(9), client_id=emilie)
    grants = {"columns": Grants(sees=(desk.house.karim,)), "contacts": Grants(taken=("clients.contacts",))}
    other, theirs = colleague(desk, "viewer", grants.get(limit))
    desk.post(f"/see-as/{other}")
    desk.house.read_on()
    for path in ("/agenda/2026-11-24", "/clients", f"/clients/{emilie}", "/history", "/settings", "/clients/new"):
        mine, told = (whole(browser.get(path)) for browser in (desk.visitor, theirs))
        assert ("Vous voyez ce que voit Karim Benali" in mine) is not ("Vous voyez" in told)
        assert without_bars(mine) == without_bars(told)
    desk.post("/see-as/end")
    assert "Vous voyez ce que voit" not in desk.text("/clients")


def test_whoever_sees_as_another_changes_nothing(desk: Desk):
    desk.enter("manager")
    emilie = desk.house.client()
    other, _ = colleague(desk, "owner")
    desk.post(f"/see-as/{other}")
    before = desk.house.rows("SELECT max(position) FROM events")
    assert desk.book(at(14), emilie).status_code == 403
    posts = ("/clients", f"/clients/{emilie}/archive", "/settings/team/invitations", f"/behalf/client/{emilie}")
    assert {desk.post(path, last_name="Petit", role="viewer").status_code for path in posts} == {403}
    assert desk.house.rows("SELECT max(position) FROM events") == before


def test_nobody_sees_through_another_more_than_they_see_themself(desk: Desk):
    desk.enter("manager")
    grants = Grants(sees=(desk.house.claire,), taken=("clients.contacts",))
    change_member_grants(desk.house.store, desk.house.member_id, grants, by=desk.house.by())
    desk.house.client(phone="06 12 34 56 78")
    other, theirs = colleague(desk, "owner")
    desk.post(f"/see-as/{other}")
    assert "Karim Benali" in words(theirs.get("/agenda/2026-11-24"))
    day = desk.get("/agenda/2026-11-24").text
    assert str(desk.house.claire) in day
    assert str(desk.house.karim) not in day
    assert "06 12 34 56 78" in words(theirs.get("/clients"))
    assert "06 12 34 56 78" not in desk.text("/clients")


def test_it_ends_when_the_other_leaves_or_the_right_is_gone(desk: Desk):
    desk.enter("manager")
    other, _ = colleague(desk, "viewer")
    desk.post(f"/see-as/{other}")
    assert desk.get("/settings/team").status_code == 403
    remove_member(desk.house.store, other, by=desk.house.by())
    assert desk.get("/settings/team").status_code == 200
    third, _ = colleague(desk, "viewer")
    desk.post(f"/see-as/{third}")
    change_member_role(desk.house.store, desk.house.member_id, role="secretary", by=desk.house.by())
    page = desk.get("/clients")
    assert "Vous voyez ce que voit" not in page.text
    assert desk.book(at(14), desk.house.client()).status_code == 200
