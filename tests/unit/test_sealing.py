"""Seals: what we wrote opens again for what it was written for, and nothing else does."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.sealing import lock_away, seal, unlock, unseal

KEY, OTHER_KEY = "the key of this server, long enough", "the key of another server, as long"


@given(organisation_id=st.uuids(), id=st.uuids(), purpose=st.sampled_from(["reset", "sign-in"]))
def test_a_seal_names_what_it_was_made_for(organisation_id: UUID, id: UUID, purpose: str):
    assert unseal(KEY, purpose, seal(KEY, purpose, organisation_id, id)) == (organisation_id, id)


def test_a_seal_opens_nothing_for_another_purpose_or_under_another_key():
    words = seal(KEY, "sign-in", uuid4(), uuid4())
    assert unseal(KEY, "reset", words) is None
    assert unseal(OTHER_KEY, "sign-in", words) is None


@given(place=st.integers(0, 74), other=st.sampled_from("ABCxyz019-_"))
def test_a_seal_with_another_letter_in_it_is_none(place: int, other: str):
    words = seal(KEY, "reset", UUID(int=7), UUID(int=8))
    changed = words[:place] + other + words[place + 1 :]
    assert unseal(KEY, "reset", changed) == (None if changed != words else (UUID(int=7), UUID(int=8)))


@given(words=st.text(max_size=120))
def test_whatever_is_sent_is_read_or_is_none(words: str):
    assert unseal(KEY, "reset", words) is None


def test_a_seal_holds_192_bits_that_nobody_can_guess():
    one, other = (seal(key, "reset", UUID(int=7), UUID(int=8)) for key in (KEY, OTHER_KEY))
    assert one[:40] == other[:40]
    assert len(one) == 76
    assert one[43:] != other[43:]


def test_what_is_locked_away_opens_for_its_owner_and_purpose_alone():
    owner, secret = uuid4(), b"JBSWY3DPEHPK3PXP"
    sealed = lock_away(KEY, "second factor", owner, secret)
    assert secret not in sealed
    assert unlock(KEY, "second factor", owner, sealed) == secret
    assert unlock(OTHER_KEY, "second factor", owner, sealed) is None
    assert unlock(KEY, "second factor", uuid4(), sealed) is None
    assert unlock(KEY, "something else", owner, sealed) is None
    assert unlock(KEY, "second factor", owner, sealed[:-1] + bytes([sealed[-1] ^ 1])) is None


def test_the_same_secret_is_never_locked_away_the_same_way():
    owner = uuid4()
    assert lock_away(KEY, "x", owner, b"same") != lock_away(KEY, "x", owner, b"same")


@pytest.mark.parametrize("words", ["", "é", "====", "A" * 76, "A" * 75 + "é"])
def test_words_of_others_are_none(words: str):
    assert unseal(KEY, "sign-in", words) is None
