"""A program without the desk's scope is held to what holds for clients, whatever way it takes."""

import importlib
import pkgutil
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

import booking
from agenda.commands import change_resource, change_service, remove_performer, set_booking_terms
from agenda.wanted import Wanted
from booking.commands import book_appointment
from booking.online import MOST_HOLDS, MOST_REQUESTS, ServiceNotOnline
from clients.commands.blocking import block_client
from kernel.store import COMMANDS
from tests.api.program import Program, code
from tests.story import House, at

ONLINE = ("appointments:read", "appointments:write")


@pytest.fixture
def site(program: Program) -> Program:
    return Program(program.house, program.app, ONLINE)


def service(house: House, **facts: object) -> dict[str, object]:
    return {"service_id": str(house.massage), "resource_ids": [str(house.claire)]} | facts


def made(site: Program, hour: int = 9, **facts: object) -> str:
    answer = site.book(at(hour).isoformat(), **facts)
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


def not_online(house: House) -> None:
    change_service(house.store, house.massage, is_online=False, by=house.by())


def retired(house: House) -> None:
    change_service(house.store, house.massage, is_active=False, by=house.by())


def away_for_good(house: House) -> None:
    change_resource(house.store, house.claire, is_active=False, by=house.by())


def gives_it_no_more(house: House) -> None:
    remove_performer(house.store, house.massage, house.claire, by=house.by())


CLOSED = {
    not_online: "service_not_online",
    retired: "service_not_online",
    away_for_good: "resource_not_online",
    gives_it_no_more: "resource_not_online",
}


class Ways:
    """Each way to have a time online, made ready before what it asks for is offered no more."""

    def __init__(self, site: Program):
        self.site, house = site, site.house
        self.booked, self.cancelled = made(site, 9), made(site, 10)
        assert site.post(f"/appointments/{self.cancelled}/cancel").status_code == 200
        self.series = str(uuid4())
        rule = {"rule": "FREQ=WEEKLY;COUNT=2", "first_on": "2026-11-25", "wall_time": "15:00"}
        self.pattern = rule | {"services": [service(house)]}
        assert site.post("/series", self.pattern | {"id": self.series}).status_code == 201
        self.ended = str(uuid4())
        assert site.post("/series", self.pattern | {"id": self.ended, "wall_time": "16:00"}).status_code == 201
        assert site.post(f"/series/{self.ended}/cancel").status_code == 200

    def all(self) -> dict[str, TestResponse]:
        site, asked = self.site, [service(self.site.house)]
        later = at(11).isoformat()
        return {
            "book": site.book(later),
            "ask": site.book(later, body={"status": "requested"}),
            "hold": site.post("/holds", {"starts_at": later, "services": asked}),
            "move": site.post(f"/appointments/{self.booked}/move", {"starts_at": later}),
            "change": site.post(f"/appointments/{self.booked}/move", {"starts_at": later, "services": asked}),
            "restore": site.post(f"/appointments/{self.cancelled}/restore"),
            "plan": site.post("/series", self.pattern | {"wall_time": "17:00"}),
            "move all": site.post(f"/series/{self.series}/move", {"wall_time": "14:00"}),
            "go on": site.post(f"/series/{self.series}/end", {"count": 3}),
            "restore all": site.post(f"/series/{self.ended}/restore"),
        }


@pytest.mark.parametrize("close", CLOSED)
def test_what_is_not_offered_online_is_had_by_no_way(site: Program, close):
    ways = Ways(site)
    close(site.house)
    assert {name: code(answer)[1] for name, answer in ways.all().items()} == dict.fromkeys(ways.all(), CLOSED[close])


@pytest.mark.parametrize("close", [not_online, retired])
def test_no_start_is_found_of_what_cannot_be_booked(site: Program, program: Program, close):
    close(site.house)
    days = f"service_id={site.house.massage}&from=2026-11-24&to=2026-11-24"
    ways = (f"/slots?{days}", f"/slots/days?{days}", f"/slots/refused?{days}")
    ways += (f"/slots/first?service_id={site.house.massage}",)
    assert [code(site.call("GET", way)) for way in ways] == [(403, "service_not_online")] * len(ways)
    assert [program.call("GET", way).status_code for way in ways] == [200] * len(ways)
    assert {code(program.call("GET", f"{way}&online=true"))[0] for way in ways} == {403}


def test_what_is_offered_is_had_by_every_way(site: Program):
    ways = Ways(site)
    refused = {name: code(answer) for name, answer in ways.all().items() if answer.status_code not in (200, 201)}
    # The first took the time that the others asked for.
    assert {name: why for name, (_, why) in refused.items()} == dict.fromkeys(
        ("ask", "hold", "move", "change"), "time_not_free"
    )


def test_nobody_is_booked_beside_those_who_serve(site: Program):
    more = service(site.house, resource_ids=[str(site.house.claire), str(site.house.karim)])
    assert code(site.book(at(9).isoformat(), body={"services": [more]})) == (403, "resource_not_online")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"price_cents": 0}, "field_of_the_house"),
        ({"price_cents": 4999}, "field_of_the_house"),
        ({"note": "Prix d’ami"}, "field_of_the_house"),
        ({"location": "Chez moi"}, "field_of_the_house"),
        ({"video_link": "https://exemple.fr"}, "field_of_the_house"),
        ({"status": "proposed"}, "house_alone"),
    ],
)
def test_what_the_house_writes_is_not_a_client_s_to_send(site: Program, facts: dict[str, object], why: str):
    assert code(site.book(at(9).isoformat(), body=facts)) == (403, why)
    if "status" not in facts:
        assert code(site.call("PATCH", f"/appointments/{made(site)}", facts)) == (403, why)


def test_a_client_says_what_is_theirs(site: Program):
    id = made(site, body={"client_note": "Dos fragile", "price_cents": 5000})
    changed = site.call("PATCH", f"/appointments/{id}", {"client_note": "Épaule", "price_cents": 5000})
    assert (changed.status_code, changed.json["client_note"]) == (200, "Épaule")


def test_a_length_of_one_s_own_is_refused(site: Program):
    for minutes in (1, 30, 600):
        asked = service(site.house, duration_minutes=minutes)
        assert code(site.book(at(9).isoformat(), body={"services": [asked]})) == (403, "length_not_online")
        held = site.post("/holds", {"starts_at": at(9).isoformat(), "services": [asked]})
        assert code(held) == (403, "length_not_online")


def test_a_blocked_client_gets_in_by_no_way(site: Program):
    house = site.house
    luc = house.client("Luc", "Marin", phone="06 12 34 56 78")
    known, free = made(site, 9, client_id=luc), made(site, 10)
    cancelled = made(site, 11, client_id=luc)
    site.post(f"/appointments/{cancelled}/cancel")
    block_client(house.store, luc, by=house.by())
    pattern = {"rule": "FREQ=WEEKLY;COUNT=2", "first_on": "2026-11-25", "wall_time": "15:00"}
    answers = {
        "book": site.book(at(14).isoformat(), luc),
        "patch": site.call("PATCH", f"/appointments/{free}", {"client_id": str(luc)}),
        "move": site.post(f"/appointments/{known}/move", {"starts_at": at(14).isoformat()}),
        "restore": site.post(f"/appointments/{cancelled}/restore"),
        "series": site.post("/series", pattern | {"services": [service(house)], "client_id": str(luc)}),
    }
    assert {name: code(answer) for name, answer in answers.items()} == dict.fromkeys(
        answers, (403, "client_is_blocked")
    )
    assert site.post(f"/appointments/{known}/cancel").status_code == 200


# Approval


def test_where_the_house_approves_what_is_booked_online_is_asked_for(site: Program):
    set_booking_terms(site.house.store, needs_approval=True, by=site.house.by())
    answer = site.book(at(9).isoformat())
    assert (answer.status_code, answer.json["status"]) == (201, "requested")
    assert answer.json["expires_at"]
    moved = site.post(f"/appointments/{answer.json['id']}/move", {"starts_at": at(10).isoformat()})
    assert (moved.status_code, moved.json["status"]) == (200, "requested")


def test_no_way_leads_past_the_approval_of_the_house(site: Program):
    house, ways = site.house, Ways(site)
    set_booking_terms(house.store, needs_approval=True, by=house.by())
    answers = ways.all()
    assert [answers[name].json["status"] for name in ("book",)] == ["requested"]
    past = ("move", "change", "restore", "plan", "move all", "go on", "restore all")
    assert {name: code(answers[name]) for name in past} == dict.fromkeys(past, (403, "approval_needed"))


@pytest.mark.parametrize("deed", ["approve", "decline", "arrive", "complete", "miss", "reopen"])
def test_nobody_answers_their_own_request_or_says_what_became_of_it(site: Program, deed: str):
    id = made(site, body={"status": "requested"})
    assert site.post(f"/appointments/{id}/{deed}").status_code == 403
    desk = Program(site.house, site.app)
    assert desk.get(f"/appointments/{id}")["status"] == "requested"


def test_what_the_house_declined_is_not_put_back_by_a_client(site: Program, program: Program):
    id = made(site, body={"status": "requested"})
    assert program.post(f"/appointments/{id}/decline").status_code == 200
    assert code(site.post(f"/appointments/{id}/restore")) == (403, "house_alone")


def test_a_client_confirms_what_was_proposed_and_cancels(site: Program, program: Program):
    id = made(program, body={"status": "proposed"})
    assert site.post(f"/appointments/{id}/confirm").json["status"] == "booked"
    cancelled = site.post(f"/appointments/{id}/cancel").json
    assert (cancelled["status"], cancelled["is_by_client"]) == ("cancelled", True)


# How much


def start(number: int) -> str:
    """One after the other of the hours that somebody works, on the days to come."""
    hours = (9, 10, 11, 14, 15, 16)
    return at(hours[number % len(hours)], 0, number // len(hours)).isoformat()


def hold(site: Program, number: int) -> TestResponse:
    return site.post("/holds", {"starts_at": start(number), "services": [service(site.house)]})


def test_one_program_keeps_no_whole_day_from_the_others(site: Program, program: Program):
    held = [hold(site, number) for number in range(MOST_HOLDS + 3)]
    assert [answer.status_code for answer in held] == [201] * MOST_HOLDS + [429] * 3
    assert code(held[-1]) == (429, "too_many_holds")
    site.call("DELETE", f"/holds/{held[0].json['id']}")
    assert hold(site, 0).status_code == 201
    assert hold(site, 14).status_code == 429
    assert hold(program, 14).status_code == 201
    assert hold(Program(site.house, site.app, ONLINE), 15).status_code == 201


def test_one_client_asks_for_no_whole_day(site: Program):
    luc = site.house.client("Luc", "Marin")
    ask = {"status": "requested"}
    asked = [site.book(start(number), luc, body=ask) for number in range(MOST_REQUESTS + 1)]
    assert [answer.status_code for answer in asked] == [201] * MOST_REQUESTS + [429]
    assert site.book(start(9), site.house.client("Anne", "Roy"), body=ask).status_code == 201


def test_a_hold_is_its_maker_s_alone(site: Program):
    other = Program(site.house, site.app, ONLINE)
    id = hold(site, 0).json["id"]
    assert other.call("DELETE", f"/holds/{id}").status_code == 404
    assert other.book(at(9).isoformat(), body={"hold_id": id}).status_code == 404
    assert site.book(at(9).isoformat(), body={"hold_id": id}).status_code == 201


# Every command


def test_every_command_about_promises_says_whether_clients_have_it():
    """One that forgets is red, so that no new way leads past what holds for clients."""
    found = {}
    for module in pkgutil.walk_packages(booking.__path__, "booking."):
        there = vars(importlib.import_module(module.name))
        found |= {name: there[name] for name in COMMANDS if getattr(there.get(name), "__module__", "") == module.name}
    assert len(found) > 20
    assert [name for name, command in found.items() if not getattr(command, "binds_clients", False)] == []


@pytest.mark.parametrize("circumstances", [{"is_online": True}, {"origin": "public"}, {"actor": f"client/{uuid4()}"}])
def test_it_holds_for_whoever_books_as_a_client(program: Program, circumstances: dict[str, object]):
    house = program.house
    not_online(house)
    wanted = [Wanted(house.massage, (house.claire,))]
    with pytest.raises(ServiceNotOnline):
        book_appointment(house.store, UUID(int=5), None, at(9), wanted, by=house.by(**circumstances))
