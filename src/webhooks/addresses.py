"""Where a webhook may be sent: public https addresses, resolved once and checked, and what the installer allows."""

import ipaddress
import os
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from kernel.errors import Refusal
from kernel.outside import addresses_of
from kernel.settings import read_webhook_origins

LONGEST_URL = 2000


class WebhookUrlNotValid(Refusal):
    """A webhook goes to an https address with a host name, without a user or a fragment."""


class AddressNotAllowed(Exception):
    """The host stands for an address that is not of the public internet."""


class Target(NamedTuple):
    """The address to connect to, and the host it was resolved from."""

    url: SplitResult
    ip: str
    port: int


def must_be_sendable(url: str) -> SplitResult:
    """The address in parts; refuses what no webhook is sent to, whatever its name resolves to."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0 and len(url) <= LONGEST_URL and url.isascii()
    except ValueError:
        raise WebhookUrlNotValid from None
    is_plain = parts.username is None and parts.password is None and not parts.fragment and url.isprintable()
    if not (is_whole and is_plain and " " not in url):
        raise WebhookUrlNotValid
    if parts.scheme != "https" and not is_allowed(parts):
        raise WebhookUrlNotValid
    return parts


def resolve(url: str, until: float) -> Target:
    """Looks the host up once, until a moment of the monotonic clock. Every address it has must be public, so that no
    answer can lead inside."""
    parts = must_be_sendable(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = addresses_of(parts.hostname, port, until)
    if not is_allowed(parts) and not all(is_public(address) for address in addresses):
        raise AddressNotAllowed(parts.hostname)
    return Target(parts, addresses[0], port)


def is_public(address: str) -> bool:
    """Whether it is an address of the public internet; one that carries an IPv4 address inside is judged by that."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local:
            return False
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or translated(ip)
        ip = inside or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind 64:ff9b::/96 (RFC 6052)."""
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in ipaddress.ip_network("64:ff9b::/96") else None


def is_allowed(parts: SplitResult) -> bool:
    """Whether whoever installed the program allows this origin by name, as for a receiver in the same house."""
    return f"{parts.scheme}://{parts.netloc}" in read_webhook_origins(os.environ)
