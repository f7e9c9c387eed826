"""Networks that people write down: addresses and ranges, in one spelling."""

import ipaddress
import re
from ipaddress import IPv4Network, IPv6Network

from kernel.errors import Refusal

MAPPED = ipaddress.ip_network("::ffff:0:0/96")
BETWEEN = re.compile(r"[\s,;]+")


class NetworkNotValid(Refusal):
    """Neither an address nor a range; a range is written by its first address, so that nobody is let in unawares."""


def parse(words: str) -> list[str]:
    """Addresses and ranges between blanks, commas or lines, as ranges in order, each once; raises NetworkNotValid."""
    networks = {network_of(word) for word in BETWEEN.split(words.strip()) if word}
    return [str(network) for network in sorted(networks, key=lambda one: (one.version, one))]


def network_of(word: str) -> IPv4Network | IPv6Network:
    try:
        network = unmapped(ipaddress.ip_network(word))
    except ValueError:
        raise NetworkNotValid(network=word) from None
    # Everybody is no list of addresses, and a zone means something on one machine only.
    if network.prefixlen == 0 or "%" in word:
        raise NetworkNotValid(network=word)
    return network


def unmapped(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """IPv4 written as IPv6 is IPv4."""
    if network.version == 6 and network.subnet_of(MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network
