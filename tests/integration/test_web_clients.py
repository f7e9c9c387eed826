"""Client files at the desk: found in any writing, opened once, never overwritten unseen."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from tests.browser.visitor import Desk, open_desk, words
from tests.story import at
from web.formats import iso


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter()


@pytest.fixture
def emilie(desk: Desk) -> UUID:
    return desk.house.client("Émilie", "Rousseau", phone="06 12 34 56 78", email="emilie@exemple.fr")


@pytest.mark.parametrize("asked", ["emilie", "ROUSS", "rousseau émi", "0612345678", "+33 6 12 34", "emilie@exemple"])
def test_a_client_is_found_in_any_writing(desk: Desk, emilie: UUID, asked: str):
    desk.house.client("Paul", "Mercier")
    said = desk.text("/clients", words=asked)
    assert "Rousseau Émilie" in said
    assert "Mercier" not in said


def test_nobody_found_says_so_and_what_can_be_looked_for(desk: Desk):
    said = desk.text("/clients", words="zzz")
    assert "Personne pour « zzz »" in said
    assert "Nouveau client" in said


def test_the_list_goes_from_a_to_z_by_letter_and_page(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.files.PAGE", 2)
    for name in ("Zola", "Arnaud", "Aubry", "Auclair"):
        desk.house.client("Jean", name)
    first = desk.get("/clients").get_data(as_text=True)
    assert first.index("Arnaud") < first.index("Aubry")
    assert "Auclair" not in first
    following = first.split('class="more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Auclair" in desk.text(following)
    assert "Zola" not in desk.text("/clients", letter="A")


def test_opening_a_file_twice_opens_one(desk: Desk):
    sent = {"id": uuid4(), "key": uuid4(), "first_name": "Nadia", "last_name": "Haddad", "phone": "0670114820"}
    assert [desk.post("/clients", **sent).location for _ in range(2)] == [f"/clients/{sent['id']}"] * 2
    said = desk.text(f"/clients/{sent['id']}")
    assert "Nadia Haddad" in said
    assert "06 70 11 48 20" in said
    assert desk.house.rows("SELECT count(*) FROM clients") == [(1,)]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"first_name": "", "last_name": " "}, "Il manque le nom"),
        ({"last_name": "Haddad", "phone": "06 18"}, "numéro de téléphone n’est pas complet : 06 18"),
        ({"last_name": "Haddad", "email": "nadia@"}, "adresse e-mail n’est pas complète : nadia@"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_words(desk: Desk, facts: dict, said: str):
    answer = desk.post("/clients", htmx=True, id=uuid4(), **facts)
    assert answer.status_code == 422
    assert said in words(answer)


def test_a_file_shows_visits_past_and_to_come(desk: Desk, emilie: UUID):
    desk.house.book(at(9, days=-7), client_id=emilie)
    desk.house.book(at(9, days=7), client_id=emilie)
    said = desk.text(f"/clients/{emilie}")
    places = [said.index(words) for words in ("À venir", "mar. 1 déc., 9:00", "Passés", "mar. 17 nov., 9:00")]
    assert places == sorted(places)


def test_a_change_that_crossed_another_shows_both_and_overwrites_nothing(desk: Desk, emilie: UUID):
    desk.post(f"/clients/{emilie}/edit", expected_version=1, town="Lyon")
    answer = desk.post(f"/clients/{emilie}/edit", expected_version=1, town="Bron", last_name="Rousseau")
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "<del>Lyon</del>" in html
    assert "<ins>Bron</ins>" in html
    assert 'name="expected_version" value="2"' in html
    assert desk.house.rows("SELECT town FROM clients WHERE is_current") == [("Lyon",)]
    assert desk.post(f"/clients/{emilie}/edit", expected_version=2, town="Bron").status_code == 303


def test_saving_a_file_says_so_on_the_page_it_leads_to(desk: Desk, emilie: UUID):
    answer = desk.post(f"/clients/{emilie}/edit", htmx=True, expected_version=1, town="Lyon")
    assert answer.headers["HX-Redirect"] == f"/clients/{emilie}"
    assert "Fiche enregistrée." in desk.text(f"/clients/{emilie}")


def test_a_new_client_opened_from_the_popover_comes_back_to_it_chosen(desk: Desk):
    then = f"{desk.house.claire}@{iso(at(16))}"
    opened = desk.post("/clients", htmx=True, id=uuid4(), last_name="Haddad", first_name="Nadia", then=then)
    assert opened.status_code == 303
    popover = desk.visitor.get(opened.location, headers={"HX-Request": "true"})
    assert "Nadia Haddad. Choisir la prestation." in words(popover)


def test_a_name_is_never_read_as_markup(desk: Desk):
    id = desk.house.client("<script>alert(1)</script>", "O’Hara & <b>fils</b>")
    desk.house.book(at(9), client_id=id)
    for path in ("/clients", f"/clients/{id}", "/agenda/2026-11-24", "/history"):
        assert "<script>alert" not in desk.get(path).get_data(as_text=True)
