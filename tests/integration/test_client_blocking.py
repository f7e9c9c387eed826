"""A blocked client does not book online: not archived, not under another writing, not after the file was erased."""

from uuid import UUID

import pytest

from clients.commands import (
    archive_client,
    block_client,
    edit_client,
    merge_clients,
    unblock_client,
    unmerge_client,
)
from clients.marks import one_spelling
from clients.queries import ClientIsBlocked, client, client_file, is_blocked, page, search
from tests.story import House, at

OTHER_PHONES = ["0612345678", "06 12 34 56 78", "+33 6 12 34 56 78", "0033612345678", "(0)612345678", "06.12.34.56.78"]
OTHER_ADDRESSES = ["Luc.Roy@Gmail.com", "lucroy@gmail.com", "l.u.c.roy+promo@googlemail.com"]


@pytest.fixture
def luc(house: House) -> UUID:
    id = house.client("Luc", "Roy", phone="06 12 34 56 78", email="luc.roy@gmail.com")
    block_client(house.store, id, reason="Trois lapins", by=house.by())
    return id


def book_online(house: House, client_id: UUID) -> UUID:
    return house.book(at(9), client_id=client_id, by=house.by(actor=f"client/{client_id}", origin="public"))


def test_a_blocked_client_does_not_book_online_and_the_house_still_may(house: House, luc: UUID):
    with pytest.raises(ClientIsBlocked) as refused:
        book_online(house, luc)
    assert refused.value.facts == {}
    house.book(at(9), client_id=luc)


def test_a_program_that_books_for_a_client_is_refused_too(house: House, luc: UUID):
    with pytest.raises(ClientIsBlocked):
        house.book(at(9), client_id=luc, by=house.by(actor="api/kiosk", origin="api", is_online=True))


def test_the_file_says_why_and_since_when(house: House, luc: UUID):
    file = client_file(house.store, house.id, luc)
    assert file.card.is_blocked
    assert (file.block_reason, file.blocked_at) == ("Trois lapins", house.by().at)
    assert [card.id for card in page(house.store, house.id, kind="blocked")] == [luc]


@pytest.mark.parametrize("phone", OTHER_PHONES)
def test_a_phone_is_known_again_in_any_writing(house: House, luc: UUID, phone: str):
    assert is_blocked(house.store, house.id, phone=phone)
    newcomer = house.client("Lucas", "Leroy", phone=phone)
    with pytest.raises(ClientIsBlocked):
        book_online(house, newcomer)


@pytest.mark.parametrize("email", OTHER_ADDRESSES)
def test_an_address_is_known_again_in_any_writing(house: House, luc: UUID, email: str):
    assert is_blocked(house.store, house.id, email=email)
    newcomer = house.client("Lucas", "Leroy", email=email)
    with pytest.raises(ClientIsBlocked):
        book_online(house, newcomer)


@pytest.mark.parametrize("contact", [{"phone": "0612345679"}, {"email": "luc.roy@exemple.fr"}, {"phone": "12"}, {}])
def test_others_book_as_before(house: House, luc: UUID, contact: dict):
    assert not is_blocked(house.store, house.id, **contact)
    book_online(house, house.client("Zoé", "Noël", **{name: value for name, value in contact.items() if value != "12"}))


def test_another_house_knows_nothing_of_it(house: House, luc: UUID, store):
    assert not is_blocked(store, House(store).id, phone="0612345678")


def test_the_block_outlives_the_archive(house: House, luc: UUID):
    archive_client(house.store, luc, by=house.by())
    assert search(house.store, house.id, "Roy") == []
    assert is_blocked(house.store, house.id, luc)
    assert is_blocked(house.store, house.id, phone="0612345678")


def test_the_block_outlives_a_change_of_contact(house: House, luc: UUID):
    edit_client(house.store, luc, {"phone": "07 11 22 33 44"}, by=house.by())
    edit_client(house.store, luc, {"phone": ""}, by=house.by())
    assert is_blocked(house.store, house.id, phone="0612345678")
    assert is_blocked(house.store, house.id, phone="0711223344")


def test_a_contact_given_up_before_the_block_is_blocked_too(house: House):
    id = house.client("Luc", "Roy", phone="06 12 34 56 78")
    edit_client(house.store, id, {"phone": "07 11 22 33 44"}, by=house.by())
    block_client(house.store, id, by=house.by())
    assert is_blocked(house.store, house.id, phone="0612345678")


def test_the_block_outlives_the_erasure_of_the_file(house: House, luc: UUID):
    with house.store.reading(house.id) as db:
        db.execute("UPDATE clients SET phone = '', phone_key = '', email = '', last_name = '', first_name = ''")
    assert is_blocked(house.store, house.id, luc)
    for contact in ({"phone": "+33612345678"}, {"email": "lucroy@gmail.com"}):
        assert is_blocked(house.store, house.id, **contact)


def test_what_is_kept_for_it_shows_no_contact(house: House, luc: UUID):
    marks = house.rows("SELECT mark FROM blocked_contacts")
    assert [len(mark) for (mark,) in marks] == [32, 32]
    states = " ".join(state for (state,) in house.rows("SELECT state FROM events"))
    assert "612345678" not in states
    assert "Trois lapins" not in states


def test_unblocking_lets_in_again(house: House, luc: UUID):
    newcomer = house.client("Lucas", "Leroy", phone="0612345678")
    unblock_client(house.store, luc, by=house.by())
    assert not client(house.store, house.id, luc).is_blocked
    book_online(house, newcomer)


def test_unblocking_somebody_who_only_shares_a_contact_lets_both_use_it(house: House, luc: UUID):
    newcomer = house.client("Lucas", "Leroy", phone="0612345678")
    unblock_client(house.store, newcomer, by=house.by())
    assert not is_blocked(house.store, house.id, newcomer)
    assert is_blocked(house.store, house.id, luc)
    assert house.rows("SELECT name FROM events WHERE stream_id = %s ORDER BY version", newcomer) == [
        ("ClientAdded",),
        ("ClientUnblocked",),
    ]


def test_a_merge_keeps_the_block_and_an_unmerge_leaves_it_where_it_was(house: House, luc: UUID):
    other = house.client("Luc", "Roy", email="luc@exemple.fr")
    merge_clients(house.store, other, luc, by=house.by())
    assert client(house.store, house.id, other).is_blocked
    with pytest.raises(ClientIsBlocked):
        book_online(house, other)
    assert is_blocked(house.store, house.id, email="luc@exemple.fr")
    unmerge_client(house.store, luc, by=house.by())
    assert not is_blocked(house.store, house.id, other)
    assert is_blocked(house.store, house.id, luc)


def test_unblocking_a_merged_file_unblocks_what_was_merged_into_it(house: House, luc: UUID):
    other = house.client("Luc", "Roy")
    merge_clients(house.store, other, luc, by=house.by())
    unblock_client(house.store, other, by=house.by())
    assert not is_blocked(house.store, house.id, luc)
    assert not is_blocked(house.store, house.id, phone="0612345678")


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("a.b+c@gmail.com", "ab@gmail.com"),
        ("a.b@googlemail.com", "ab@gmail.com"),
        ("a.b+c@exemple.fr", "a.b@exemple.fr"),
        ("+c@exemple.fr", "+c@exemple.fr"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(written: str, spelling: str):
    assert one_spelling(written) == spelling
