"""A person decides about their own account."""

from uuid import UUID, uuid4

import pytest

from accounts.people.acts import as_self
from accounts.people.events import PasskeyAdded, PasskeyRemoved, PersonRegistered, RecoveryCodeUsed
from accounts.people.person import MOST_PASSKEYS, Person, SecondFactorOff, SecondFactorOn, TooManyPasskeys
from kernel.errors import IdTaken, NotFound
from tests.story import NOW, fact, then

SONIA = UUID(int=50)
BY = as_self(SONIA, NOW).using("self.write")


@pytest.fixture
def sonia() -> Person:
    person = Person(id=SONIA)
    person.register(BY)
    person.collect_events()
    return person


def test_somebody_registers_once(sonia: Person):
    with pytest.raises(IdTaken):
        sonia.register(BY)


def test_what_does_not_change_is_no_fact(sonia: Person):
    sonia.change(BY, [])
    assert then(sonia) == []


def test_another_address_has_to_be_confirmed_anew(sonia: Person):
    sonia.confirm_email(BY)
    sonia.change(BY, ["name"])
    assert sonia.is_email_confirmed
    sonia.change(BY, ["email"])
    assert not sonia.is_email_confirmed
    assert sonia.words_version == 3


def test_an_address_is_confirmed_once(sonia: Person):
    sonia.confirm_email(BY)
    sonia.confirm_email(BY)
    assert len(then(sonia)) == 1


def test_a_passkey_comes_and_goes(sonia: Person):
    key = uuid4()
    sonia.add_passkey(BY, key, None)
    sonia.remove_passkey(BY, key)
    assert then(sonia) == [fact(PasskeyAdded, passkey_id=str(key)), fact(PasskeyRemoved, passkey_id=str(key))]
    with pytest.raises(NotFound):
        sonia.remove_passkey(BY, key)


def test_passkeys_have_an_end(sonia: Person):
    for _ in range(MOST_PASSKEYS):
        sonia.add_passkey(BY, uuid4(), None)
    with pytest.raises(TooManyPasskeys):
        sonia.add_passkey(BY, uuid4(), None)


def test_the_second_factor_is_turned_on_before_it_is_used_and_off_before_another(sonia: Person):
    for refused in (sonia.turn_off_second_factor, sonia.use_code):
        with pytest.raises(SecondFactorOff):
            refused(BY)
    with pytest.raises(SecondFactorOff):
        sonia.draw_codes(BY, 10)
    sonia.turn_on_second_factor(BY)
    with pytest.raises(SecondFactorOn):
        sonia.turn_on_second_factor(BY)


def test_recovery_codes_are_counted_down_and_end_with_the_factor(sonia: Person):
    sonia.turn_on_second_factor(BY)
    sonia.draw_codes(BY, 10)
    sonia.collect_events()
    sonia.use_code(BY)
    assert then(sonia) == [fact(RecoveryCodeUsed, left=9)]
    sonia.turn_off_second_factor(BY)
    assert (sonia.has_second_factor, sonia.codes_left) == (False, 0)


def test_the_stream_of_something_else_is_nobody():
    stands = {"organisation_id": SONIA, "originator_id": SONIA, "originator_version": 1, **BY.stamp()}
    assert Person.replay(SONIA, [PasskeyAdded(**stands, passkey_id=SONIA)]) is None
    assert Person.replay(SONIA, [PersonRegistered(**stands, words_version=1)]).words_version == 1
