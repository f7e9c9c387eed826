"""The address that a request comes from, as the trusted proxies before us tell it."""

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address

import structlog
from flask import Flask, abort, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

# Each proxy adds one entry to each of these; a header that only some of them know says nothing.
ADDED_TO = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host")

log = structlog.get_logger()


def install(app: Flask, proxies: int) -> None:
    """Believes exactly so many proxies; none means that no header is believed."""
    app.config["PROXIES"] = proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    app.before_request(recognise)


def recognise() -> None:
    """Whoever did not come through every proxy is not let in; the machine itself asks after our health directly."""
    g.address = read(request.remote_addr or "")
    if request.blueprint != "health" and (g.address is None or has_gone_round(current_app.config["PROXIES"])):
        log.warning("a request did not come through every proxy", expected=current_app.config["PROXIES"])
        abort(400)


def has_gone_round(proxies: int) -> bool:
    return any(entries(name) < proxies for name in ADDED_TO)


def entries(name: str) -> int:
    """How many have added to a header. A quotation mark would let one entry swallow another, and an empty entry is
    not counted by whoever reads the header after us; no proxy adds either."""
    written = request.headers.get(name, "")
    each = [entry.strip() for entry in written.split(",")]
    return len(each) if all(each) and '"' not in written else 0


def asking() -> str:
    """The address that asks, in its one spelling. Limits, lists and logs all mean this one."""
    return str(g.address) if g.address else ""


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address belongs to one of these networks, as accounts.networks writes them."""
    asked = read(address)
    return asked is not None and any(asked in ipaddress.ip_network(network) for network in networks)


def read(written: str) -> IPv4Address | IPv6Address | None:
    """IPv4 written as IPv6 is IPv4, a zone says nothing about who asks; None for what is no address."""
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
