"""Addresses and ranges that people write down."""

import pytest

from accounts.networks import NetworkNotValid, parse


@pytest.mark.parametrize(
    ("words", "networks"),
    [
        ("", []),
        (" \n ", []),
        ("203.0.113.7", ["203.0.113.7/32"]),
        ("203.0.113.0/24", ["203.0.113.0/24"]),
        ("203.0.113.0/255.255.255.0", ["203.0.113.0/24"]),
        ("2001:DB8::/32", ["2001:db8::/32"]),
        ("2001:db8:0:0::1", ["2001:db8::1/128"]),
        ("::ffff:203.0.113.7", ["203.0.113.7/32"]),
        ("::ffff:203.0.113.0/120", ["203.0.113.0/24"]),
        ("2001:db8::1, 203.0.113.7;198.51.100.0/24\n203.0.113.7", [
            "198.51.100.0/24", "203.0.113.7/32", "2001:db8::1/128",
        ]),
    ],
)  # fmt: skip
def test_each_network_is_kept_once_in_one_spelling(words: str, networks: list[str]):
    assert parse(words) == networks
    assert parse("\n".join(networks)) == networks


@pytest.mark.parametrize(
    "word",
    [
        "exemple.fr",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.07",
        "203.0.113.7/24",
        "2001:db8::1/64",
        "203.0.113.0/33",
        "0.0.0.0/0",
        "::/0",
        "::ffff:0:0/96",
        "fe80::1%eth0",
        "٢٠٣.0.113.7",
        "203.0.113.7:80",
        "[2001:db8::1]",
        "*",
    ],
)
def test_what_lets_in_unawares_is_refused_by_name(word: str):
    with pytest.raises(NetworkNotValid) as refused:
        parse(f"198.51.100.7 {word}")
    assert refused.value.facts == {"network": word}
