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
def led(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk at which an owner sits."""
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("owner")


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
    monkeypatch.setattr("web.files.people.PAGE", 2)
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
    places = [said.index(words) for words in ("À venir", "mar. 1er déc., 9:00", "Passés", "mar. 17 nov., 9:00")]
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


def test_somebody_on_file_is_shown_before_a_second_file_is_opened(desk: Desk, emilie: UUID):
    sent = {"id": uuid4(), "first_name": "Emilie", "last_name": "ROUSSEAU", "phone": "+33612345678"}
    answer = desk.post("/clients", **sent)
    assert answer.status_code == 409
    assert "Existe déjà ?" in words(answer)
    assert "même téléphone, même nom" in words(answer)
    assert f'href="/clients/{emilie}"' in answer.get_data(as_text=True)
    assert 'value="ROUSSEAU"' in answer.get_data(as_text=True)
    assert desk.house.rows("SELECT count(*) FROM clients") == [(1,)]
    assert desk.post("/clients", **sent, anyway="1").status_code == 303
    assert desk.house.rows("SELECT count(*) FROM clients") == [(2,)]


def test_in_the_popover_somebody_on_file_is_one_click_away(desk: Desk, emilie: UUID):
    then = f"{desk.house.claire}@{iso(at(16))}"
    answer = desk.post("/clients", htmx=True, id=uuid4(), last_name="Autre", phone="0612345678", then=then)
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "data-popover" in html
    assert f"client={emilie}" in html
    assert 'name="last_name" value="Autre"' in html


def test_a_change_that_makes_a_duplicate_is_asked_about_once(desk: Desk, emilie: UUID):
    other = desk.house.client("Paul", "Mercier")
    change = {"expected_version": 1, "phone": "0612345678"}
    assert desk.post(f"/clients/{other}/edit", **change).status_code == 409
    assert desk.post(f"/clients/{other}/edit", **change, anyway="1").status_code == 303
    assert desk.post(f"/clients/{other}/edit", expected_version=2, town="Lyon").status_code == 303


def test_notes_are_kept_pinned_and_shown_with_the_appointment(desk: Desk, emilie: UUID):
    entry = uuid4()
    desk.post(f"/clients/{emilie}/notes", id=entry, words="Allergique au latex", is_pinned="1")
    desk.post(f"/clients/{emilie}/notes", words="Préfère le matin")
    said = desk.text(f"/clients/{emilie}")
    assert said.index("Allergique au latex") < said.index("Préfère le matin")
    assert "Sonia Marchetti" in said
    visit = desk.house.book(at(14), client_id=emilie)
    panel = desk.text(f"/appointments/{visit}")
    assert "Allergique au latex" in panel
    assert "Préfère le matin" not in panel
    desk.post(f"/clients/{emilie}/notes/{entry}/edit", words="Allergique aux gants")
    desk.post(f"/clients/{emilie}/notes/{entry}/unpin")
    assert "Allergique aux gants" in desk.text(f"/clients/{emilie}")
    assert "Allergique" not in desk.text(f"/appointments/{visit}")
    desk.post(f"/clients/{emilie}/notes/{entry}/remove")
    assert "Allergique" not in desk.text(f"/clients/{emilie}")
    assert desk.post(f"/clients/{emilie}/notes", words=" ").status_code == 422


def test_the_history_of_a_file_shows_old_and_new_words_and_puts_a_version_back(desk: Desk, emilie: UUID):
    desk.post(f"/clients/{emilie}/edit", expected_version=1, town="Lyon")
    desk.post(f"/clients/{emilie}/edit", expected_version=2, town="Bron")
    said = desk.text(f"/clients/{emilie}/history")
    assert "Version 3 actuelle" in said
    assert "ville Lyon Bron" in said
    assert desk.post(f"/clients/{emilie}/versions/2/restore").status_code == 303
    assert "comme la version 2" in desk.text(f"/clients/{emilie}/history")
    assert desk.house.rows("SELECT town FROM clients WHERE is_current") == [("Lyon",)]


def test_the_history_of_a_file_holds_its_appointments(desk: Desk, emilie: UUID):
    desk.house.book(at(14), client_id=emilie)
    assert "Rendez-vous pris" in desk.text(f"/clients/{emilie}/history")


def test_two_files_are_compared_merged_and_separated(desk: Desk, emilie: UUID):
    other = desk.house.client("Émilie", "Rousseau", town="Lyon")
    assert "Peut-être la même personne" in desk.text(f"/clients/{emilie}")
    assert "1 paire à regarder" in desk.text("/clients/duplicates")
    page = desk.get(f"/clients/{emilie}/merge", **{"with": other}).get_data(as_text=True)
    assert 'name="take" value="town" checked' in page
    sent = {"duplicate_id": other, "expected_version": 1, "take": ["town"]}
    assert desk.post(f"/clients/{emilie}/merge", **sent).location == f"/clients/{emilie}"
    assert desk.get(f"/clients/{other}").location == f"/clients/{emilie}"
    assert "Lyon" in desk.text(f"/clients/{emilie}")
    assert desk.post(f"/clients/{emilie}/merge", **sent).status_code == 409
    desk.post(f"/clients/{other}/unmerge")
    assert "Lyon" not in desk.text(f"/clients/{emilie}")
    assert desk.get(f"/clients/{other}").status_code == 200


def test_the_other_file_is_looked_for(desk: Desk, emilie: UUID):
    other = desk.house.client("Paul", "Mercier")
    found = desk.get(f"/clients/{emilie}/merge", words="mercier").get_data(as_text=True)
    assert f"/clients/{emilie}/merge?with={other}" in found


def test_two_people_are_told_apart(desk: Desk, emilie: UUID):
    other = desk.house.client("Émilie", "Rousseau")
    desk.post(f"/clients/{emilie}/apart/{other}")
    assert "Aucun doublon en vue" in desk.text("/clients/duplicates")
    assert "Peut-être la même personne" not in desk.text(f"/clients/{emilie}")


def test_a_blocked_client_says_so_and_why(desk: Desk, emilie: UUID):
    desk.post(f"/clients/{emilie}/block", reason="Trois lapins")
    said = desk.text(f"/clients/{emilie}")
    assert "Bloqué en ligne" in said
    assert "Trois lapins" in said
    assert "Rousseau Émilie bloqué" in desk.text("/clients", kind="blocked")
    desk.post(f"/clients/{emilie}/unblock")
    assert "Bloqué en ligne" not in desk.text(f"/clients/{emilie}")
    assert "Personne n’est bloqué" in desk.text("/clients", kind="blocked")


def test_an_archived_file_is_out_of_the_list_and_in_the_archive(desk: Desk, emilie: UUID):
    desk.post(f"/clients/{emilie}/archive")
    assert "Rousseau" not in desk.text("/clients")
    assert "Rousseau" in desk.text("/clients", kind="archived")
    assert "Cette fiche est archivée" in desk.text(f"/clients/{emilie}")
    desk.post(f"/clients/{emilie}/restore")
    assert "Rousseau" in desk.text("/clients")


def test_a_field_of_the_house_is_added_filled_in_and_retired(led: Desk):
    desk = led
    id, field = desk.house.client("Zoé", "Noël"), uuid4()
    added = desk.post("/clients/fields", id=field, label="Mutuelles", kind="choices", choices="MGEN\nHarmonie\n")
    assert added.status_code == 303
    assert 'value="Harmonie"' in desk.get(f"/clients/{id}/edit").get_data(as_text=True)
    sent = {"expected_version": 1, f"own-{field}": ["", "MGEN", "Harmonie"]}
    assert desk.post(f"/clients/{id}/edit", **sent).status_code == 303
    assert "Mutuelles MGEN, Harmonie" in desk.text(f"/clients/{id}")
    desk.post(f"/clients/{id}/edit", **{"expected_version": 2, f"own-{field}": ""})
    assert "Mutuelles" not in desk.text(f"/clients/{id}")
    desk.post(f"/clients/fields/{field}", label="Mutuelle", choices="MGEN\nHarmonie\nAutre", rank=3, is_required="1")
    refused = desk.post(f"/clients/{id}/edit", **{"expected_version": 3, f"own-{field}": ""})
    assert "Il manque « Mutuelle »" in words(refused)
    desk.post(f"/clients/fields/{field}/retire")
    assert f"own-{field}" not in desk.get(f"/clients/{id}/edit").get_data(as_text=True)
    desk.post(f"/clients/fields/{field}/restore")
    assert "Mutuelle" in desk.text("/clients/fields")


@pytest.mark.parametrize("path", ["/clients/fields", "/clients/export", "/clients/import"])
def test_what_concerns_the_whole_house_is_for_those_who_lead_it(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, path: str
):
    assert desk.get(path).status_code == 403
    with open_desk(database_url, monkeypatch) as other:
        assert other.enter("owner").get(path).status_code == 200


def test_clients_are_taken_out_as_a_file(led: Desk):
    led.house.client("Émilie", "Rousseau", phone="0612345678")
    answer = led.post("/clients/export", file_format="csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="clients.csv"'
    assert "'+33612345678" in answer.get_data(as_text=True)
    assert led.post("/clients/export", file_format="pdf").status_code == 422
    assert "Fiches clients exportées" in led.text("/history")
