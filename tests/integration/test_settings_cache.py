"""Agenda settings are read once and shared, and never from a transaction that might not last."""

import pytest

from agenda.commands import change_service
from agenda.timetable import settings_of
from tests.story import House


class Undone(Exception):
    pass


def seen(house: House) -> str:
    with house.store.reading(house.id) as db:
        return settings_of(db, house.id).services[house.massage].name


def test_a_change_is_seen_at_once(house: House):
    assert seen(house) == "Massage"
    change_service(house.store, house.massage, name="Massage long", by=house.by())
    assert seen(house) == "Massage long"


def change_and_look(house: House) -> None:
    with house.store.log(house.by(), is_exclusive=True) as log:
        change_service(log, house.massage, name="Jamais", by=house.by())
        assert settings_of(log.connection, house.id).services[house.massage].name == "Jamais"
        raise Undone


def test_what_was_rolled_back_is_never_seen_again(house: House):
    with pytest.raises(Undone):
        change_and_look(house)
    change_service(house.store, house.massage, name="Massage doux", by=house.by())
    assert seen(house) == "Massage doux"
