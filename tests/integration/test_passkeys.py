"""Passkeys: who may add one, what an answer must be to open, and why anything else opens nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge

from accounts.people import passkeys, passwords
from accounts.people.passkeys import PasskeyKnown, PasskeyNotValid, Proof, Site
from accounts.people.queries import passkeys as passkeys_of
from kernel.errors import NotFound
from kernel.store import Store
from tests.authenticator import Authenticator
from tests.browser.visitor import CHEAP
from tests.people import Somebody

HERE = Site("http://localhost", "localhost")


@pytest.fixture
def sonia(store: Store, monkeypatch: pytest.MonkeyPatch) -> Somebody:
    monkeypatch.setattr(passwords, "HASHER", CHEAP)
    return Somebody(store)


@pytest.fixture
def telephone(sonia: Somebody) -> Authenticator:
    """Sonia's, with a passkey in it."""
    made = Authenticator()
    add(sonia, made)
    return made


def add(somebody: Somebody, key: Authenticator, challenge: bytes = b"") -> UUID:
    id, asked = uuid4(), generate_challenge()
    answer = key.make(passkeys.invitation(HERE, asked, somebody.id, somebody.email, "Sonia"))
    facts = {"answer": answer, "challenge": challenge or asked, "site": HERE, "name": "Mon téléphone"}
    passkeys.add_passkey(somebody.store, id, **facts, by=somebody.by())
    return id


def answered(somebody: Somebody, key: Authenticator, challenge: bytes = b"", **changed: Any) -> Proof:
    asked = generate_challenge()
    answer = json.loads(key.get(passkeys.question(HERE, asked)))
    answer["response"] |= changed
    return passkeys.proven(somebody.store, json.dumps(answer), challenge or asked, HERE, somebody.now)


def test_a_passkey_proves_whose_it_is(sonia: Somebody, telephone: Authenticator):
    proof = answered(sonia, telephone)
    assert (proof.person_id, proof.is_verified) == (sonia.id, True)
    (card,) = passkeys_of(sonia.store, sonia.id)
    assert (card.name, card.last_used_at) == ("Mon téléphone", sonia.now)


def test_a_key_that_asked_for_nothing_says_so(sonia: Somebody):
    stick = Authenticator(is_verified=False)
    add(sonia, stick)
    assert not answered(sonia, stick).is_verified


def test_an_answer_to_another_question_opens_nothing(sonia: Somebody, telephone: Authenticator):
    with pytest.raises(PasskeyNotValid):
        answered(sonia, telephone, generate_challenge())


def test_an_answer_for_another_site_opens_nothing(sonia: Somebody, telephone: Authenticator):
    telephone.origin = "http://localhost.exemple.org"
    with pytest.raises(PasskeyNotValid):
        answered(sonia, telephone)
    telephone.origin, telephone.host = "http://localhost", "exemple.org"
    with pytest.raises(PasskeyNotValid):
        answered(sonia, telephone)


def test_a_copy_that_counts_no_further_opens_nothing(sonia: Somebody, telephone: Authenticator):
    answered(sonia, telephone)
    answered(sonia, telephone)
    telephone.count -= 1
    with pytest.raises(PasskeyNotValid):
        answered(sonia, telephone)


def test_of_many_who_send_one_answer_at_once_one_comes_in(sonia: Somebody, telephone: Authenticator):
    asked = generate_challenge()
    answer = telephone.get(passkeys.question(HERE, asked))

    def try_once(_: int) -> bool:
        try:
            return passkeys.proven(sonia.store, answer, asked, HERE, sonia.now) is not None
        except PasskeyNotValid:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_once, range(16))) == 1


def test_a_key_that_never_counts_opens(sonia: Somebody, telephone: Authenticator):
    """Passkeys that live on several devices at once always say nought."""
    for _ in range(2):
        telephone.count = -1
        answered(sonia, telephone)


def test_the_key_of_another_opens_nothing_in_one_s_name(sonia: Somebody, telephone: Authenticator):
    thief = Authenticator()
    add(Somebody(sonia.store), thief)
    thief.handle = sonia.id.bytes
    with pytest.raises(PasskeyNotValid):
        answered(sonia, thief)
    thief.id = telephone.id
    with pytest.raises(PasskeyNotValid):
        answered(sonia, thief)


def test_a_signature_of_something_else_opens_nothing(sonia: Somebody, telephone: Authenticator):
    with pytest.raises(PasskeyNotValid):
        answered(sonia, telephone, signature=bytes_to_base64url(b"not a signature"))


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", '"é"', '{"response": {}}', '{"response": {"userHandle": "AAAA"}, "rawId": "AA"}']
    + [json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "A" * 22}})],
)
def test_what_no_browser_sends_is_refused_in_words(sonia: Somebody, answer: str):
    challenge = generate_challenge()
    with pytest.raises(PasskeyNotValid):
        passkeys.proven(sonia.store, answer, challenge, HERE, sonia.now)
    facts = {"answer": answer, "challenge": challenge, "site": HERE, "name": ""}
    with pytest.raises(PasskeyNotValid):
        passkeys.add_passkey(sonia.store, uuid4(), **facts, by=sonia.by())


@settings(max_examples=150, deadline=None)
@given(
    part=st.sampled_from(["clientDataJSON", "attestationObject"]), cut=st.integers(0, 400), noise=st.binary(max_size=8)
)
def test_an_answer_with_other_bytes_in_it_is_refused_and_never_a_fault(part: str, cut: int, noise: bytes):
    challenge = generate_challenge()
    answer = json.loads(Authenticator().make(passkeys.invitation(HERE, challenge, UUID(int=1), "a@exemple.fr", "A")))
    whole = base64url_to_bytes(answer["response"][part])
    answer["response"][part] = bytes_to_base64url(whole[:cut] + noise + whole[cut + len(noise) + 1 :])
    with suppress(PasskeyNotValid):
        passkeys.verified(json.dumps(answer), challenge, HERE)


def test_only_the_answer_to_this_question_is_added(sonia: Somebody):
    with pytest.raises(PasskeyNotValid):
        add(sonia, Authenticator(), generate_challenge())
    with pytest.raises(PasskeyNotValid):
        add(sonia, Authenticator(origin="https://exemple.org"))
    assert passkeys_of(sonia.store, sonia.id) == []


def test_a_key_is_added_once(sonia: Somebody, telephone: Authenticator):
    with pytest.raises(PasskeyKnown):
        add(sonia, telephone)
    assert sonia.facts("Passkey") == ["PasskeyAdded"]


def test_a_passkey_that_was_removed_opens_nothing(sonia: Somebody, telephone: Authenticator):
    (card,) = passkeys_of(sonia.store, sonia.id)
    with pytest.raises(NotFound):
        passkeys.remove_passkey(sonia.store, card.id, by=Somebody(sonia.store).by())
    passkeys.remove_passkey(sonia.store, card.id, by=sonia.by())
    with pytest.raises(PasskeyNotValid):
        answered(sonia, telephone)


def test_an_answer_nested_without_end_is_no_passkey():
    with pytest.raises(PasskeyNotValid):
        passkeys.claimed("[" * 20_000)
