"""The health of the house: red when a stream is parked or a reader is late, in numbers for those with the token."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kernel import clock
from kernel.jobs import Job, queue
from kernel.migrations import migrate
from kernel.sending import hold, release
from tests.browser.visitor import MOMENT, Desk, open_desk, words
from tests.integration.readers import put, superuser
from tests.story import House, at
from tests.support import come_in

# Queued a minute before it was settled.
LETTER = """
INSERT INTO letters (key, name, queued_at, settled_at, sent_at, failure)
VALUES (%s, %s, %s, %s, %s, %s) RETURNING key"""
TOKEN = "a token that is as long as it has to be"
SCRAPER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def desk(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On a database of its own, as the numbers are those of the whole house."""
    migrate(empty_database_url)
    with open_desk(empty_database_url, monkeypatch) as opened:
        opened.app.config["METRICS_TOKEN"] = TOKEN
        yield opened.enter("owner")


def broken(desk: Desk) -> None:
    """An appointment with a second event that nobody can read."""
    id = desk.house.book(at(9))
    desk.house.read_on()
    put(desk.house.store, desk.house.id, id, 2, "AppointmentMoved", '{"at":"2026-11-24T08:00:00Z"')


def note_letter(desk: Desk, name: str, settled_at: datetime | None, failure: str | None) -> None:
    """One that was settled without a failure was sent."""
    sent_at, queued_at = None if failure else settled_at, (settled_at or MOMENT) - timedelta(minutes=1)
    desk.house.rows(LETTER, f"letter/{uuid4()}", name, queued_at, settled_at, sent_at, failure)


def neighbour(desk: Desk) -> Desk:
    """The owner of another house on the same database."""
    return Desk(House(desk.house.store), desk.app).enter("owner")


def measured(desk: Desk) -> dict[tuple[str, ...], float]:
    scraped = desk.visitor.get("/metrics", headers=SCRAPER).get_data(as_text=True)
    families = text_string_to_metric_families(scraped)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_health_is_red_while_a_stream_is_parked(desk: Desk):
    desk.house.book(at(10))
    assert desk.get("/health").json["status"] == "ok"
    broken(desk)
    told = desk.get("/health")
    assert (told.status_code, told.json["status"], told.json["parked"] > 0) == (200, "degraded", True)
    with superuser(desk.house.store) as db:
        db.execute("DELETE FROM parked")
    assert desk.get("/health").json["status"] == "ok"


@pytest.mark.parametrize(("late", "status"), [(59, "ok"), (61, "degraded")])
def test_health_is_red_when_a_reader_is_a_minute_late(desk: Desk, late: int, status: str):
    desk.house.read_on()
    desk.house.book(at(10), by=desk.house.by(at=MOMENT - timedelta(seconds=late)))
    told = desk.visitor.get("/health").json
    assert (told["status"], told["readers"]["agenda"]) == (status, {"behind": 1, "seconds": late})


@pytest.mark.parametrize("apart", [timedelta(days=365), timedelta(minutes=-3)])
def test_health_is_red_while_the_clock_is_wrong(desk: Desk, monkeypatch: pytest.MonkeyPatch, apart: timedelta):
    desk.house.read_on()
    assert desk.visitor.get("/health").json["clock"]["is_right"]
    assert "L’horloge du serveur est fausse" not in words(desk.get("/support/health"))
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + apart)
    told = desk.visitor.get("/health").json
    assert (told["status"], told["clock"]["is_right"]) == ("degraded", False)
    assert abs(told["clock"]["ahead"] - apart.total_seconds()) < 5
    assert "L’horloge du serveur est fausse" in words(desk.get("/support/health"))
    assert abs(measured(desk)[("carnet_clock_ahead_seconds",)] - apart.total_seconds()) < 5


def test_a_copy_that_sends_nothing_says_so(desk: Desk):
    assert desk.get("/health").json["sends"] is True
    hold(desk.house.store)
    told = desk.get("/health").json
    assert (told["sends"], told["status"]) == (False, "degraded")
    assert "ceci est une copie, restaurée le" in desk.text("/support/health")
    release(desk.house.store)
    assert "Rien ne part" not in desk.text("/support/health")


def test_a_broken_event_that_nobody_has_read_yet_breaks_no_health(desk: Desk):
    broken(desk)
    with superuser(desk.house.store) as db:
        db.execute("UPDATE events SET state = '{\"at\":\"soon\"' WHERE version = 2 AND name = 'AppointmentMoved'")
    assert desk.visitor.get("/health").json["readers"]["agenda"] == {"behind": 1, "seconds": 0.0}


def test_owners_read_what_is_parked_and_why(desk: Desk):
    broken(desk)
    said = desk.text("/support/health")
    assert "À regarder" in said
    assert "AppointmentMoved DecodeError: Input data was truncated" in said
    assert re.search(r"lecteurs agenda, .*history, .*visits", said)
    assert "carnet release all" in said


def test_owners_read_nothing_of_other_houses(desk: Desk):
    broken(desk)
    desk.house.read_on()
    with superuser(desk.house.store) as db:
        db.execute("UPDATE parked SET organisation_id = %s", (uuid4(),))
    said = desk.text("/support/health")
    assert "DecodeError" not in said
    assert "Tout ce qui s’est passé dans cette maison est affiché partout." in said


def test_owners_read_no_figure_of_the_installation(desk: Desk):
    other = neighbour(desk)
    before = other.text("/support/health")
    broken(desk)
    with desk.house.store.database.everywhere() as db:
        queue(db, desk.house.id, [Job("end_hold", "end_hold/x", {}, at(9))])
    assert other.text("/support/health") == before
    for word in ("Lecteurs", "Base de données", "Position"):
        assert word not in before


def test_the_support_reads_the_installation_too(desk: Desk):
    with desk.visitor.session_transaction() as session:
        session["token"] = come_in(desk.house, MOMENT)
    said = desk.text("/support/health")
    assert "Lecteurs" in said
    assert "Taille sur le disque" in said
    assert "Lecture" in said


def test_what_nobody_has_read_yet_is_counted_with_its_age(desk: Desk):
    desk.house.read_on()
    desk.house.book(at(10), by=desk.house.by(at=MOMENT - timedelta(seconds=150)))
    said = words(desk.visitor.get("/support/health"))
    assert "1 événement n’est pas encore affiché partout, depuis 2 min" in said
    assert "À regarder" in said


def test_letters_of_the_house_say_what_became_of_them(desk: Desk):
    note_letter(desk, "invitation", MOMENT, None)
    note_letter(desk, "invitation", MOMENT, "550 5.1.1")
    note_letter(desk, "trial-ends", MOMENT, "overtaken")
    note_letter(desk, "role-changed", MOMENT - timedelta(days=31), "550 5.1.1")
    note_letter(desk, "support-access", None, "TimeoutError")
    note_letter(desk, "member-left", MOMENT, "outcome_unknown")
    said = desk.text("/support/health")
    assert "Invitation dans l’équipe" in said
    assert "Envoyé" in said
    assert "Non envoyé 550 5.1.1" in said
    assert "Devenu inutile la suite l’a rendu inutile" in said
    assert "En attente TimeoutError · 1 essai" in said
    assert "le serveur de messagerie n’a pas dit s’il l’acceptait" in said
    assert "Changement de rôle" not in said
    assert "2 e-mails non envoyés" in said
    assert "À regarder" in said


def test_letters_of_another_house_are_not_shown(desk: Desk):
    note_letter(desk, "invitation", MOMENT, "550 5.1.1")
    said = neighbour(desk).text("/support/health")
    assert "Aucun e-mail n’a été nécessaire." in said
    assert "Tout va bien" in said


def test_all_is_well_when_it_is(desk: Desk):
    desk.house.book(at(10))
    desk.house.read_on()
    with superuser(desk.house.store) as db:
        db.execute("UPDATE jobs SET done_at = now()")
    said = desk.text("/support/health")
    assert "Tout va bien" in said
    assert "Rien n’est en attente." in said


def test_a_failing_job_says_why_and_when_it_is_tried_again(desk: Desk):
    with desk.house.store.database.everywhere() as db:
        queue(db, desk.house.id, [Job("end_hold", "end_hold/x", {}, at(10))])
        db.execute("UPDATE jobs SET failure = 'RuntimeError(''no line'')', tries = 3")
    said = desk.text("/support/health")
    assert "end_hold 1 1 1 1" in said
    assert "RuntimeError('no line') 3 essais · nouvel essai aujourd’hui 10:00" in said


@pytest.mark.parametrize("role", ["secretary", "practitioner", "viewer"])
def test_the_page_is_for_owners_and_managers(desk: Desk, role: str):
    other = Desk(type(desk.house)(desk.house.store), desk.app).enter(role)
    assert other.get("/support/health").status_code == 403


def test_metrics_count_readers_jobs_and_the_database(desk: Desk):
    broken(desk)
    with desk.house.store.database.everywhere() as db:
        queue(db, desk.house.id, [Job("end_hold", "end_hold/x", {}, at(9))])
    assert measured(desk)["carnet_reader_behind", "agenda"] == 1
    desk.house.read_on()
    seen = measured(desk)
    assert (seen["carnet_reader_behind", "agenda"], seen["carnet_reader_parked", "agenda"]) == (0, 1)
    assert (seen["carnet_jobs_due", "end_hold"], seen["carnet_jobs_overdue", "end_hold"]) == (1, 1)
    assert seen["carnet_jobs_oldest_seconds", "end_hold"] == (MOMENT - at(9)).total_seconds()
    assert desk.house.rows("SELECT max(position) FROM events") == [(seen["carnet_events_total",],)]
    assert seen["carnet_database_bytes",] > 1_000_000
    assert seen["carnet_pool_size",] >= 1


def test_metrics_name_nobody(desk: Desk):
    desk.house.client("Émilie", "Rousseau")
    scraped = desk.visitor.get("/metrics", headers=SCRAPER).get_data(as_text=True)
    for word in ("Rousseau", "Tilleuls", str(desk.house.id), "Claire"):
        assert word not in scraped


def test_a_statement_that_takes_long_is_counted_while_it_runs(desk: Desk):
    # By the login of the program: what others run is not seen.
    with psycopg.connect(desk.house.store.database.pool.conninfo) as db:
        running = threading.Thread(target=lambda: db.execute("SELECT pg_sleep(1.2)"))
        running.start()
        running.join(0.8)
        assert measured(desk)["carnet_database_slow",] == 1
        running.join()
    assert measured(desk)["carnet_database_slow",] == 0


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_without_the_token_nothing_is_measured(desk: Desk, headers: dict[str, str]):
    told = desk.visitor.get("/metrics", headers=headers)
    assert (told.status_code, told.data) == (401, b"")


def test_without_the_setting_there_is_no_such_page(desk: Desk):
    desk.app.config["METRICS_TOKEN"] = None
    assert desk.visitor.get("/metrics", headers={"Authorization": "Bearer None"}).status_code == 404
