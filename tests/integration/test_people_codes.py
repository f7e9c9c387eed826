"""The second factor: codes that are right for a moment, and used up."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.people import passwords, queries, second_factor
from accounts.people.second_factor import CodeWrong
from kernel.store import Store
from tests.browser.visitor import CHEAP
from tests.people import Somebody


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


@pytest.fixture
def sonia(store: Store) -> Somebody:
    return Somebody(store)


def test_a_code_is_right_for_its_half_minute_and_those_beside_it(sonia: Somebody):
    sonia.turn_on_codes()
    sonia.wait(minutes=5)
    for off in (-90, -60, 60, 90):
        with pytest.raises(CodeWrong):
            sonia.give(sonia.code(seconds=off))
    for off in (-30, 0, 30):
        sonia.give(sonia.code(seconds=off))


def test_a_code_is_used_once(sonia: Somebody):
    sonia.turn_on_codes()
    with pytest.raises(CodeWrong):
        sonia.give(sonia.code())
    sonia.wait(seconds=30)
    sonia.give(sonia.code())
    with pytest.raises(CodeWrong):
        sonia.give(sonia.code())


def test_of_many_who_send_one_code_at_once_one_comes_in(sonia: Somebody):
    sonia.turn_on_codes()
    sonia.wait(minutes=1)
    assert comes_in(sonia, sonia.code()) == 1


def test_a_recovery_code_opens_once_however_it_is_typed(sonia: Somebody):
    codes = sonia.turn_on_codes()
    sonia.give(codes[3].upper().replace("-", " "))
    with pytest.raises(CodeWrong):
        sonia.give(codes[3])
    assert sonia.state().codes_left == 9
    assert comes_in(sonia, codes[4]) == 1


def test_new_recovery_codes_take_the_place_of_the_old(sonia: Somebody):
    old, new = sonia.turn_on_codes(), second_factor.fresh_codes()
    second_factor.draw_recovery_codes(sonia.store, new, by=sonia.by())
    with pytest.raises(CodeWrong):
        sonia.give(old[0])
    sonia.give(new[0])


def test_a_factor_counts_from_its_first_right_code(sonia: Somebody):
    sonia.telephone = second_factor.fresh()
    second_factor.prepare_second_factor(sonia.store, sonia.telephone, key="k" * 32, by=sonia.by())
    facts = {"codes": second_factor.fresh_codes(), "key": "k" * 32, "by": sonia.by()}
    with pytest.raises(CodeWrong):
        second_factor.turn_on_second_factor(sonia.store, "000 000", **facts)
    assert not queries.person_card(sonia.store, sonia.id).has_second_factor
    second_factor.turn_on_second_factor(sonia.store, sonia.code(), **facts)
    assert queries.person_card(sonia.store, sonia.id).codes_left == 10


def test_the_secret_of_the_telephone_is_not_in_the_database(sonia: Somebody):
    codes = sonia.turn_on_codes()
    for table in ("second_factors", "recovery_codes", "events", "states", "texts"):
        kept = " ".join(row for (row,) in sonia.rows(f"SELECT row_to_json({table})::text FROM {table}"))
        assert sonia.telephone not in kept
        assert sonia.telephone.encode().hex() not in kept
        assert not any(code in kept for code in codes)


def test_under_another_key_of_the_server_no_code_is_right(sonia: Somebody):
    sonia.turn_on_codes()
    sonia.wait(minutes=1)
    with pytest.raises(CodeWrong):
        second_factor.give_code(sonia.store, sonia.code(), key="another key of another server", by=sonia.by())


def comes_in(somebody: Somebody, code: str) -> int:
    def try_once(_: int) -> bool:
        try:
            somebody.give(code)
        except CodeWrong:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(try_once, range(16)))
