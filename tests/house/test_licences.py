"""Whatever is installed with Carnet comes under a licence that we know; LGPL only for libraries left as they are."""

import json
import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKED = sorted(set(re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)))
# Pinned for versions of Python older than this one, and not installed in it.
FOR_OLDER_PYTHON = {"async-timeout"}
PERMISSIVE = {
    "MIT", "MIT-0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "ISC", "ZPL-2.1", "MPL-2.0",
    "Unlicense",
}  # fmt: skip
LGPL = {"LGPL-3.0-only", "LGPL-3.0-or-later"}
# Used as they come from their makers, so that whoever has Carnet may put another version in their place.
LIBRARIES_LEFT_AS_THEY_ARE = {
    "dramatiq", "psycopg", "psycopg-binary", "psycopg-pool", "recurring-ical-events", "x-wr-timezone",
}  # fmt: skip
# What distributions say in words of their own.
SAID_OTHERWISE = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Zope Public License": "ZPL-2.1",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
}


def licences_of(found: Distribution) -> set[str]:
    """By the metadata: the expression, else the classifiers, else the field of old."""
    said = found.metadata
    if expression := said.get("License-Expression"):
        return set(re.split(r" (?:AND|OR|WITH) ", expression.replace("(", "").replace(")", "")))
    classified = [line.split(" :: ")[-1] for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    return {SAID_OTHERWISE.get(name, name) for name in classified or [said.get("License") or "nothing said"]}


@pytest.mark.parametrize("name", [name for name in LOCKED if name not in FOR_OLDER_PYTHON])
def test_every_library_comes_under_a_licence_that_we_accept(name: str):
    accepted = PERMISSIVE | (LGPL if name in LIBRARIES_LEFT_AS_THEY_ARE else set())
    assert licences_of(distribution(name)) <= accepted


def test_what_is_not_installed_is_named():
    def is_missing(name: str) -> bool:
        try:
            return not distribution(name)
        except PackageNotFoundError:
            return True

    assert {name for name in LOCKED if is_missing(name)} <= FOR_OLDER_PYTHON <= set(LOCKED)


def test_every_asset_comes_under_a_licence_that_we_accept():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    said = {name: each.get("license", "nothing said") for name, each in packages.items() if name}
    assert said
    assert {name: licence for name, licence in said.items() if licence not in PERMISSIVE | {"0BSD"}} == {}


def test_decisions_name_the_libraries_under_the_lgpl():
    (line,) = [line for line in (ROOT / "DECISIONS.md").read_text().splitlines() if "LGPL" in line]
    assert [name for name in LIBRARIES_LEFT_AS_THEY_ARE if name not in line] == []


def test_carnet_itself_says_its_licence():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
    assert '\nlicense = "MIT"\n' in (ROOT / "pyproject.toml").read_text()
