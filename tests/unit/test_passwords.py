"""Which passwords are good enough, and why others are not."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.people import passwords
from accounts.people.passwords import PasswordLeaked, PasswordTooLong, PasswordTooShort, PasswordTooWeak, must_be_good

SONIA = ["Sonia Marchetti", "sonia.marchetti@exemple.fr", "Les Tilleuls"]


def sha1(word: str) -> str:
    return hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def leaked(tmp_path: Path) -> Path:
    """As the public lists are: hashes in order, each with how often it was met, lines ended as on Windows."""
    file = tmp_path / "leaked.txt"
    words = [f"mot numéro {number}" for number in range(500)]
    lines = sorted(f"{sha1(word)}:{len(word) ** number % 10**9}\r\n" for number, word in enumerate(words))
    file.write_bytes("".join(lines).encode())
    return file


GOOD = ["trois chevaux verts", "qm7-Lv0!pXe", "a" * 9 + "✓☂♞ réglisse", "       x  y 7 !"]


@pytest.mark.parametrize("password", GOOD)
def test_ten_characters_of_any_kind_that_nobody_would_guess_are_enough(password: str):
    must_be_good(password, SONIA)


def test_short_ones_and_endless_ones_are_refused():
    with pytest.raises(PasswordTooShort):
        must_be_good("qm7-Lv0!p", SONIA)
    must_be_good("qm7-Lv0!pX" + "é" * 246, SONIA)
    with pytest.raises(PasswordTooLong):
        must_be_good("qm7-Lv0!pX" + "é" * 247, SONIA)


@pytest.mark.parametrize(
    "password", ["motdepasse1", "aaaaaaaaaaaaaaaaaaaa", "2026-11-24", "abcdefghijkl", "carnetcarnet"]
)
def test_what_is_tried_first_is_refused(password: str):
    with pytest.raises(PasswordTooWeak):
        must_be_good(password, SONIA)


@pytest.mark.parametrize("password", ["marchetti1", "soniamarchetti", "LesTilleuls", "sonia.marchetti", "Marchetti!"])
def test_the_person_s_own_words_are_guessed_too(password: str):
    with pytest.raises(PasswordTooWeak):
        must_be_good(password, SONIA)


def test_nobody_keeps_the_program_busy_with_a_long_riddle(monkeypatch: pytest.MonkeyPatch):
    looked_at: list[str] = []
    estimate = passwords.zxcvbn
    monkeypatch.setattr(passwords, "zxcvbn", lambda word, **facts: looked_at.append(word) or estimate(word, **facts))
    must_be_good("4@8({[<369&#!1/|0$5+7%2" * 10, SONIA)
    assert [len(word) for word in looked_at] == [32]


def test_passwords_that_leaked_elsewhere_are_refused_whatever_their_capitals():
    with pytest.raises(PasswordLeaked):
        must_be_good("AzertyUiop", SONIA)


def test_every_line_of_the_house_s_own_list_is_found(leaked: Path):
    assert all(passwords.is_listed(f"mot numéro {number}", leaked) for number in range(500))
    with pytest.raises(PasswordLeaked):
        must_be_good("mot numéro 77", SONIA, leaked)


@given(word=st.text(max_size=30))
def test_nothing_else_is_found_in_it(tmp_path_factory: pytest.TempPathFactory, word: str):
    file = tmp_path_factory.getbasetemp() / "few.txt"
    file.write_text("".join(sorted(f"{sha1(known)}:1\n" for known in ("un", "deux", "trois"))))
    assert passwords.is_listed(word, file) == (word in ("un", "deux", "trois"))


def test_an_empty_list_holds_nothing(tmp_path: Path):
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert not passwords.is_listed("un", empty)
