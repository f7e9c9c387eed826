"""Bringing clients in from the pages: uploaded, looked at, confirmed, followed, undone."""

import time
from collections.abc import Iterator
from io import BytesIO
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from carnet.wiring import JOBS
from kernel.jobs import Worker
from tests.browser.visitor import Desk, open_desk, words
from tests.data.hostile import BROKEN

PEOPLE = "Nom;Prénom;Portable;Truc\nNoël;Zoé;06 12 34 56 78;bleu\nPetit;Anne;demander;\n;;06 00 00 00 00;\n"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(database_url, monkeypatch) as opened:
        yield opened.enter("manager")


def upload(desk: Desk, data: bytes, name: str = "clients.csv") -> TestResponse:
    return desk.visitor.post("/clients/import", data={"file": (BytesIO(data), name)})


def do_jobs(desk: Desk) -> None:
    """As the worker would, until nothing is due."""
    desk.house.read_on()
    worker = Worker(desk.house.store, JOBS)
    with desk.house.store.database.everywhere() as db:
        due = db.execute("SELECT key FROM jobs WHERE done_at IS NULL").fetchall()
        mine = [key for (key,) in due if key.startswith(("bring_in_rows", "undo_rows"))]
    for key in mine:
        worker.do(str(desk.house.id), key)
    desk.house.read_on()


def test_a_file_is_looked_at_confirmed_followed_and_undone(desk: Desk):
    place = upload(desk, PEOPLE.encode("cp1252")).location
    seen = desk.text(place)
    assert "lu comme Windows-1252, 3 lignes" in seen
    assert "2 nouvelles" in seen
    assert "1 refusées" in seen
    assert "téléphone illisible, gardé dans les remarques" in seen
    assert desk.house.rows("SELECT count(*) FROM clients") == [(0,)]
    assert desk.post(f"{place}/start").location == place
    assert "0 lignes sur 3" in desk.text(place)
    assert 'hx-trigger="every 1s"' in desk.get(place).get_data(as_text=True)
    do_jobs(desk)
    assert desk.get(place, htmx=True).headers["HX-Redirect"] == place
    assert "2 nouvelles" in desk.text(place)
    assert "Noël Zoé" in desk.text("/clients")
    report = desk.get(f"{place}/report.csv").get_data(as_text=True)
    assert '"4";"refusé"' in report
    assert desk.post(f"{place}/undo").location == place
    assert "Annulation en cours" in desk.text(place)
    do_jobs(desk)
    assert desk.get(place, htmx=True).headers["HX-Redirect"] == place
    assert "Cet import a été annulé" in desk.text(place)
    assert "Noël" not in desk.text("/clients")
    assert "clients.csv" in desk.text("/clients/import")


def test_a_column_is_sent_elsewhere(desk: Desk):
    place = upload(desk, PEOPLE.encode()).location
    fields = ["last_name", "first_name", "phone", "town"]
    assert desk.post(f"{place}/columns", field=fields).location == place
    assert '<option value="town" selected>' in desk.get(place).get_data(as_text=True)
    assert desk.post(f"{place}/columns", field=["password"]).status_code == 422


def test_the_file_of_a_client_says_which_import_brought_it(desk: Desk):
    place = upload(desk, PEOPLE.encode()).location
    desk.post(f"{place}/start")
    do_jobs(desk)
    id = desk.house.rows("SELECT id FROM clients WHERE last_name = 'Noël'")[0][0]
    assert "import de clients.csv" in desk.text(f"/clients/{id}/history")


def test_a_preview_of_known_files_tells_what_would_change(desk: Desk):
    desk.house.client("Zoé", "Noël", phone="0612345678", town="Lyon")
    place = upload(desk, "Nom;Prénom;Portable;Ville\nNoël;Zoé;0612345678;Nîmes\n".encode()).location
    assert "la fiche dit « Lyon » ; elle reste telle quelle" in desk.text(place)
    assert "Lyon → Nîmes" in desk.text(place, updates=1)
    desk.post(f"{place}/start", updates="1")
    do_jobs(desk)
    assert desk.house.rows("SELECT town FROM clients WHERE is_current") == [("Nîmes",)]


def test_a_file_not_confirmed_is_forgotten(desk: Desk):
    place = upload(desk, PEOPLE.encode()).location
    desk.post(f"{place}/forget")
    assert "ont été effacées" in desk.text(place)
    assert desk.house.rows("SELECT count(*) FROM import_lines WHERE cells IS NOT NULL") == [(0,)]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "", "Choisissez d’abord un fichier"),
        (b"<?xml?>", "x.xml", "XML ou HTML ne s’importe pas"),
        (b"a;b\n1;2\n", "x.csv", "Aucune ligne de titres reconnue"),
        (b"PK\x03\x04\x00", "x.xlsx", "ne s’ouvre pas"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_on_the_page(desk: Desk, data: bytes, name: str, said: str):
    answer = upload(desk, data, name)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Rien n’a été importé." in words(answer)


def test_only_an_upload_may_be_large(desk: Desk):
    large = b"Nom\n" + b"x" * 1024**2
    assert upload(desk, large).status_code == 303
    assert upload(desk, b"Nom\n" + b"x" * (22 * 1024**2)).status_code == 413
    assert desk.post("/clients", last_name="x" * 1024**2).status_code == 413


def test_what_is_in_a_file_is_never_read_as_markup(desk: Desk):
    place = upload(desk, b"Nom;Truc<b>\n<script>alert(1)</script>;<img src=x>\n").location
    assert "<script>alert" not in desk.get(place).get_data(as_text=True)
    assert "<img src=x>" not in desk.get(place).get_data(as_text=True)


def test_another_house_sees_nothing_of_it(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch):
    place = upload(desk, PEOPLE.encode()).location
    with open_desk(database_url, monkeypatch) as other:
        assert other.enter("owner").get(place).status_code == 404
        assert UUID(place.rpartition("/")[2])


LONG = "Nom;Prénom;Portable\n" + "".join(f"Nom{n};Zoé;06{n:08d}\n" for n in range(20_000))


def run_jobs(desk: Desk, name: str) -> None:
    """Those of one name, as the worker would, and what they lead to is due then."""
    desk.house.read_on()
    with desk.house.store.database.everywhere() as db:
        due = db.execute("SELECT key FROM jobs WHERE done_at IS NULL AND name = %s", (name,)).fetchall()
    for (key,) in due:
        Worker(desk.house.store, JOBS).do(str(desk.house.id), key)
    desk.house.read_on()


def test_a_long_file_is_read_and_looked_through_by_jobs_and_the_page_says_how_far_it_is(desk: Desk):
    began = time.process_time()
    place = upload(desk, LONG.encode()).location
    seen = desk.get(place)
    assert "Lecture du fichier" in words(seen)
    assert 'hx-trigger="every 1s"' in seen.get_data(as_text=True)
    assert f'<a href="{place}?">' in seen.get_data(as_text=True)
    assert time.process_time() - began < 1.0
    run_jobs(desk, "read_rows")
    began = time.process_time()
    assert "0 lignes examinées sur 20000" in desk.text(place)
    assert time.process_time() - began < 1.0
    run_jobs(desk, "look_through_rows")
    began = time.process_time()
    assert "20000 nouvelles" in desk.text(place)
    assert time.process_time() - began < 1.0
    assert desk.get(place, htmx=True).headers["HX-Redirect"].startswith(place)
    assert desk.house.rows("SELECT 1 FROM import_uploads") == []


def test_a_long_file_whose_columns_are_chosen_is_looked_through_again(desk: Desk):
    place = upload(desk, LONG[: 128 * 1024 + 100].encode()).location
    run_jobs(desk, "read_rows")
    run_jobs(desk, "look_through_rows")
    assert "nouvelles" in desk.text(place)
    desk.post(f"{place}/columns", field=["last_name", "first_name", "-"])
    assert "lignes examinées" in desk.text(place)
    run_jobs(desk, "look_through_rows")
    assert '<option value="-" selected>' in desk.get(place).get_data(as_text=True)
    desk.post(f"{place}/start")
    assert desk.house.rows("SELECT 1 FROM import_previews") == []


def test_a_long_file_that_cannot_be_read_says_why_where_it_is_waited_for(desk: Desk):
    place = upload(desk, b"Couleur\n" + b"bleu\n" * 40_000).location
    assert "Lecture du fichier" in desk.text(place)
    run_jobs(desk, "read_rows")
    assert "Aucune ligne de titres reconnue" in desk.text(place)
    assert "Rien n’a été importé." in desk.text(place)
    assert "illisible" in desk.text("/clients/import")
    assert desk.house.rows("SELECT 1 FROM import_uploads UNION ALL SELECT 1 FROM import_lines") == []


def test_a_file_that_takes_longer_than_its_sender_waits_is_read_by_a_job(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("importing.uploads.AT_ONCE", 0.001)
    place = upload(desk, PEOPLE.encode()).location
    assert "Lecture du fichier" in desk.text(place)
    run_jobs(desk, "read_rows")
    assert "2 nouvelles" in desk.text(place)


def test_bytes_that_nobody_has_read_are_forgotten_after_a_day(desk: Desk):
    place = upload(desk, LONG.encode()).location
    run_jobs(desk, "forget_rows")
    run_jobs(desk, "read_rows")
    assert desk.house.rows("SELECT 1 FROM import_uploads UNION ALL SELECT 1 FROM import_lines") == []
    assert "ont été effacées" in desk.text(place)
    assert "effacé" in desk.text("/clients/import")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_sentence_on_the_page(desk: Desk, name: str):
    answer = upload(desk, BROKEN[name](), "clients.xlsx")
    assert answer.status_code == 422
    assert "Ce fichier Excel ne s’ouvre pas" in words(answer)
