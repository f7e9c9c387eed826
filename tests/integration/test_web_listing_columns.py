"""The list of appointments as one likes it: its columns, its order, its ways in, one client's, and as a file."""

import csv
from collections.abc import Iterator
from io import StringIO
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from accounts.commands import open_place
from accounts.rights import Grants
from accounts.team.commands import change_member_grants
from agenda.commands import change_resource
from booking.commands import cancel_appointment, edit_appointment
from clients.commands import add_client_field, edit_client, merge_clients
from projections import listing
from tests.browser.visitor import PASSWORD, Desk, open_desk
from tests.story import at

PAST = "2026-11-20"


@pytest.fixture
def desk(app_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(app_url, monkeypatch) as opened:
        yield opened.enter("owner")


@pytest.fixture
def zoe(desk: Desk) -> UUID:
    return desk.house.client("Zoé", "Noël", phone="0612345678", email="zoe@exemple.fr")


def order(said: str, *names: str) -> list[str]:
    return sorted(names, key=said.index)


def test_columns_are_chosen_and_this_browser_remembers_them(desk: Desk, zoe: UUID):
    desk.house.book(at(14), client_id=zoe, note="radio")
    assert "06 12 34 56 78" not in desk.text("/list")
    said = desk.text("/list", columns=["-", "phone", "price", "note", "made_by", "made_at"], keep=1)
    for shown in ("06 12 34 56 78", "50 €", "radio", "Sonia Marchetti", "ven. 20 nov., 9:00"):
        assert shown in said
    assert "06 12 34 56 78" in desk.text("/list")
    assert "06 12 34 56 78" not in desk.text("/list", columns="-", keep=1)
    assert "06 12 34 56 78" not in desk.text("/list")


def test_a_field_of_the_house_is_a_column_and_an_order(desk: Desk, zoe: UUID):
    field, by = uuid4(), desk.house.by()
    add_client_field(desk.house.store, field, label="Mutuelle", by=by)
    noe = desk.house.client("Noé", "Petit")
    for client, value in ((zoe, "Alan"), (noe, "Vitale")):
        edit_client(desk.house.store, client, {"custom": {str(field): value}}, by=by)
    desk.house.book(at(9), client_id=noe)
    desk.house.book(at(14), client_id=zoe)
    asked = {"on": PAST, "columns": f"own-{field}", "sort": f"own-{field}"}
    said = desk.text("/list", **asked)
    assert "Mutuelle" in said
    assert order(said, "Alan", "Vitale") == ["Alan", "Vitale"]
    assert order(desk.text("/list", **asked, down=1), "Alan", "Vitale") == ["Vitale", "Alan"]


@pytest.mark.parametrize("sort", [name for name in listing.SORTS if name != "own"])
def test_every_heading_sorts(desk: Desk, zoe: UUID, sort: str):
    desk.house.book(at(14), client_id=zoe, note="b", location="b")
    late = desk.house.book(at(15), resource=desk.house.karim, client_id=desk.house.client("Abel", "Aa"), note="a")
    edit_appointment(desk.house.store, late, price_cents=100, words={"location": "a"}, by=desk.house.by())
    asked = {"on": PAST, "sort": sort, "columns": list(listing.SORTS)}
    up, down = (order(desk.text("/list", **asked, down=way), "Zoé", "Abel") for way in ("0", "1"))
    if sort in ("client", "price", "note", "location"):
        assert up == ["Abel", "Zoé"]
    assert sort in ("phone", "email", "status", "service", "made_by", "source", "made_at") or up == down[::-1]


def test_people_and_services_are_in_the_order_of_their_names(desk: Desk, zoe: UUID):
    desk.house.book(at(9), desk.house.massage, desk.house.karim, client_id=zoe)
    desk.house.book(at(14), desk.house.check_up, desk.house.claire, client_id=desk.house.client("Noé", "Petit"))
    for sort in ("person", "service"):
        assert order(desk.text("/list", on=PAST, sort=sort), "Zoé", "Noé") == ["Noé", "Zoé"]


@pytest.mark.parametrize(
    ("which", "names"), [("ahead", {"Zoé"}), ("past", {"Noé"}), ("bin", {"Ève"}), ("", {"Zoé", "Noé", "Ève"})]
)
def test_what_is_ahead_what_is_past_and_the_bin(desk: Desk, zoe: UUID, which: str, names: set[str]):
    desk.house.book(at(14), client_id=zoe)
    desk.house.book(at(14, days=-1), client_id=desk.house.client("Noé", "Petit"))
    gone = desk.house.book(at(15), client_id=desk.house.client("Ève", "Martin"))
    cancel_appointment(desk.house.store, gone, by=desk.house.by())
    said = desk.text("/list", which=which, page=1)
    assert {name for name in ("Zoé", "Noé", "Ève") if name in said} == names


def test_the_past_is_shown_from_its_end(desk: Desk, zoe: UUID):
    desk.house.book(at(14, days=-1), client_id=zoe)
    desk.house.book(at(14, days=-4), client_id=desk.house.client("Noé", "Petit"))
    assert order(desk.text("/list", which="past"), "Zoé", "Noé") == ["Zoé", "Noé"]
    assert order(desk.text("/list", which="past", down="0"), "Zoé", "Noé") == ["Noé", "Zoé"]


def test_the_list_of_one_place(desk: Desk, zoe: UUID):
    annexe, by = uuid4(), desk.house.by()
    open_place(desk.house.store, annexe, name="Annexe", zone="Europe/Paris", country="FR", by=by)
    change_resource(desk.house.store, desk.house.karim, place_ids=[annexe], by=by)
    desk.house.book(at(14), client_id=zoe)
    desk.house.book(at(14), resource=desk.house.karim, client_id=desk.house.client("Noé", "Petit"))
    assert "Zoé" not in desk.text("/list", place=annexe)
    assert "Noé" in desk.text("/list", place=annexe)


def test_everything_of_one_client_also_what_was_merged_into_the_file(desk: Desk, zoe: UUID):
    twin = desk.house.client("Zoe", "Noel")
    desk.house.book(at(14), client_id=zoe)
    desk.house.book(at(9, days=-28), client_id=twin)
    desk.house.book(at(16), client_id=desk.house.client("Noé", "Petit"))
    merge_clients(desk.house.store, zoe, twin, by=desk.house.by())
    said = desk.text("/list", client=zoe)
    assert "2 rendez-vous" in said
    assert "Seulement les rendez-vous de Zoé Noël." in said
    assert "Noé Petit" not in said


def test_states_are_explained_in_plain_words(desk: Desk):
    assert "Personne n’a répondu à temps ; peut être rétabli." in desk.text("/list")


def test_it_goes_on_where_it_was_cut(desk: Desk, zoe: UUID, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("projections.listing.REACH", 2)
    monkeypatch.setattr("web.desk.listing.REACH", 2)
    for hour, days in ((14, 0), (15, 1), (16, 2)):
        desk.house.book(at(hour, days=days), client_id=zoe)
    said = desk.get("/list").get_data(as_text=True)
    assert "et davantage" in said
    assert "on=2026-11-25" in said


def test_page_by_page(desk: Desk, zoe: UUID, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.desk.listing.PAGE", 1)
    for hour in (14, 15):
        desk.house.book(at(hour), client_id=zoe)
    assert "14:00" in desk.text("/list")
    assert "2 rendez-vous" in desk.text("/list", which="ahead", page=2)
    assert "15:00" in desk.text("/list", which="ahead", page=2)


# As a file


def as_secretary(desk: Desk) -> UUID:
    """From now on a secretary is at the desk; the member."""
    id, email = uuid4(), f"{uuid4()}@exemple.fr"
    desk.house.hire("secretary", email, "Sonia Marchetti", id=id, password=PASSWORD)
    desk.visitor = desk.app.test_client()
    desk.sign_in(email)
    return id


def taken_out(desk: Desk, browser: FlaskClient | None = None, **asked: object) -> list[list[str]]:
    desk.house.read_on()
    answer = (browser or desk.visitor).post("/list/file", query_string=asked)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))


def test_what_is_shown_is_taken_out_and_nothing_in_it_is_alive(desk: Desk, zoe: UUID):
    desk.house.book(at(14), client_id=zoe, note="=1+1")
    desk.house.book(at(14, days=-1), client_id=desk.house.client("Noé", "Petit"))
    rows = taken_out(desk, which="ahead", columns=["note", "phone"])
    assert rows[0] == ["Date", "Début", "Fin", "Client", "Prestation", "Avec", "État", "Téléphone", "Note interne"]
    assert rows[1:] == [
        ["2026-11-24", "14:00", "15:00", "Zoé Noël", "Massage", "Claire Moreau", "Confirmé", "06 12 34 56 78", "'=1+1"]
    ]
    assert "Liste de rendez-vous exportée" in desk.text("/history")


def test_whoever_may_not_export_takes_no_list_out(desk: Desk):
    as_secretary(desk)
    assert desk.post("/list/file").status_code == 403
    assert "Fichier CSV" not in desk.text("/list")


def test_whoever_does_not_see_contacts_neither_reads_them_nor_sorts_by_them(desk: Desk, zoe: UUID):
    desk.house.book(at(14), client_id=zoe)
    desk.house.book(at(9), client_id=desk.house.client("Noé", "Petit", phone="0799999999", email="abel@exemple.fr"))
    grants = Grants(taken=("clients.contacts",))
    change_member_grants(desk.house.store, as_secretary(desk), grants, by=desk.house.by())
    for down in ("0", "1"):
        said = desk.text("/list", on=PAST, columns=["phone", "email"], sort="email", down=down)
        assert "06 12" not in said
        assert "@exemple.fr" not in said
    ups = [desk.text("/list", on=PAST, sort=sort) for sort in ("email", "time")]
    assert order(ups[0], "Zoé", "Noé") == order(ups[1], "Zoé", "Noé")
