"""Whose address we believe: exactly so many proxies, and no header of the visitor's own."""

from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask

from web import addresses

OFFICE = ["203.0.113.0/24", "2001:db8:7::/48"]
INSIDE, OUTSIDE, INNER = "203.0.113.7", "198.51.100.9", "10.0.0.2"
# What somebody outside may send, in the hope of being taken for somebody inside.
LIES = [
    INSIDE,
    f"{INSIDE}, {INSIDE}",
    f"{INSIDE}, {INSIDE}, {INSIDE}",
    f"{INSIDE},",
    f",{INSIDE}",
    f"{INSIDE}, ,",
    f'"{INSIDE}',
    f'{INSIDE}, "',
    f'{INSIDE}, "x',
    f'"{INSIDE}"',
    f'{INSIDE}, "\\',
    f"::ffff:{INSIDE}",
    f"{INSIDE}%eth0",
    "2001:db8:7::1",
    "[2001:db8:7::1]:443",
    f"{INSIDE}:80",
    f"{INSIDE}\x0b",
    f"for={INSIDE}",
    "",
    "unknown",
]
ONLY_SAID = ["Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Forwarded-For"]


def application(proxies: int) -> Flask:
    app = Flask(__name__)
    addresses.install(app, proxies)
    app.add_url_rule("/", "page", addresses.asking)
    return app


APPS = {proxies: application(proxies) for proxies in (0, 1, 2)}


def asked(proxies: int, comes_from: str, headers: dict[str, str]) -> str:
    """The address that the page sees; empty when it was refused."""
    response = APPS[proxies].test_client().get("/", headers=headers, environ_base={"REMOTE_ADDR": comes_from})
    assert response.status_code in (200, 400)
    return response.text if response.status_code == 200 else ""


def through(proxies: int, comes_from: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The connection as we see it, and the headers after so many proxies have each added their entries."""
    for number in range(proxies):
        said = {"X-Forwarded-For": comes_from, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "agenda.exemple.fr"}
        headers = headers | {name: added(headers.get(name), entry) for name, entry in said.items()}
        comes_from = f"10.0.0.{number + 1}"
    return comes_from, headers


def added(before: str | None, entry: str) -> str:
    return entry if before is None else f"{before}, {entry}"


def forged() -> Iterator[dict[str, str]]:
    yield {}
    for name, lie in product(ONLY_SAID, LIES):
        yield {name: lie}
    for lie in LIES:
        yield dict.fromkeys((*ONLY_SAID, "X-Forwarded-Host", "X-Forwarded-Proto"), lie)


@pytest.mark.parametrize("proxies", APPS)
@pytest.mark.parametrize("outside", [OUTSIDE, f"::ffff:{OUTSIDE}", "2001:db8:8::1", "fe80::1%eth0", "", "unix"])
def test_nobody_outside_is_taken_for_somebody_inside(proxies: int, outside: str):
    for lies in forged():
        seen = asked(proxies, *through(proxies, outside, lies))
        assert not addresses.is_within(seen, OFFICE), lies


@pytest.mark.parametrize("proxies", APPS)
@pytest.mark.parametrize(
    ("comes_from", "spelled"),
    [(INSIDE, INSIDE), (f"::ffff:{INSIDE}", INSIDE), ("2001:DB8:7:0::1", "2001:db8:7::1"), ("fe80::1%eth0", "fe80::1")],
)
def test_who_comes_the_right_way_is_known_in_one_spelling(proxies: int, comes_from: str, spelled: str):
    assert asked(proxies, *through(proxies, comes_from, {})) == spelled
    assert asked(proxies, *through(proxies, comes_from, {"X-Forwarded-For": OUTSIDE})) == spelled


@pytest.mark.parametrize(("proxies", "passed"), [(1, 0), (2, 0), (2, 1)])
def test_who_goes_round_a_proxy_is_refused(proxies: int, passed: int):
    assert asked(proxies, *through(passed, INSIDE, {})) == ""


def test_a_proxy_that_does_not_say_how_it_was_reached_is_refused():
    for missing in addresses.ADDED_TO:
        comes_from, headers = through(2, INSIDE, {})
        assert asked(2, comes_from, headers | {missing: "203.0.113.7"}) == ""


def test_the_proxies_tell_scheme_and_host_too():
    app = application(1)
    app.add_url_rule("/root", "root", lambda: addresses.request.host_url)
    comes_from, headers = through(1, INSIDE, {})
    answer = app.test_client().get("/root", headers=headers, environ_base={"REMOTE_ADDR": comes_from})
    assert answer.text == "https://agenda.exemple.fr/"


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        (INSIDE, True),
        (f"::ffff:{INSIDE}", True),
        ("::ffff:cb00:7107", True),
        ("2001:db8:7::1%eth0", True),
        (OUTSIDE, False),
        ("::203.0.113.7", False),
        ("3405803783", False),
        ("0313.0.0161.07", False),
        ("", False),
        ("unix", False),
    ],
)
def test_an_address_is_within_a_network_however_it_is_written(address: str, is_inside: bool):
    assert addresses.is_within(address, OFFICE) is is_inside
    assert not addresses.is_within(address, [])
