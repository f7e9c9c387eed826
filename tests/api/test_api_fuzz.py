"""The whole programming face under thousands of made-up calls: no fault, no answer against its own description."""

import os
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from kernel.store import Store
from tests.api.program import SETTINGS, Program
from tests.late import LateStore
from tests.story import House, at
from web.api import spec
from web.app import create_app

# The first of them stand for all in everyday runs.
CALLS = 20_000 if os.environ.get("CARNET_FULL") == "1" else 6_000
# An operation with nothing to vary is called once.
UNVARIED = 4


def without_security(described: dict[str, Any]) -> dict[str, Any]:
    """Every call carries a good token, so the door is none of the things to be made up."""
    for methods in described["paths"].values():
        for operation in methods.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return described


# A well-formed call may still be refused for what it means; who may enter is tested on its own.
NOT_ASKED = [positive_data_acceptance, ignored_auth]


LATE = LateStore()
APP = create_app(LATE, SETTINGS)
with APP.test_request_context():
    SCHEMA = schemathesis.openapi.from_dict(without_security(deepcopy(spec.description())))
SCHEMA.app = APP
OPERATIONS = sum(1 for _ in SCHEMA.get_all_operations())


@pytest.fixture(scope="module")
def caller(store: Store) -> Program:
    LATE.store = store
    return Program(House(store), APP)


@pytest.fixture(scope="module")
def known(caller: Program) -> list[str]:
    """Something of every kind to find, so that calls reach further than a 404."""
    house = caller.house
    ids: list[UUID] = [house.claire, house.karim, house.room, house.massage, house.check_up, house.place_id]
    ids += [house.client(), house.book(at(10)), house.book(at(11), house.check_up)]
    return [str(id) for id in ids]


@SCHEMA.parametrize()
@settings(
    max_examples=-(-CALLS // (OPERATIONS - UNVARIED)),
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_breaks_it(case: schemathesis.Case, caller: Program, known: list[str]):
    not_asked = [*NOT_ASKED, negative_data_rejection] if point_at_known(case, known) else NOT_ASKED
    case.call_and_validate(headers={"Authorization": f"Bearer {caller.secret}"}, excluded_checks=not_asked)


def point_at_known(case: schemathesis.Case, known: list[str]) -> bool:
    """Most identifiers in the path become those of something that exists; says whether one was."""
    chosen = {
        name: known[sum(map(ord, str(value))) % len(known)]
        for name, value in (case.path_parameters or {}).items()
        if name.endswith("id") and sum(map(ord, str(value))) % 4
    }
    case.path_parameters = dict(case.path_parameters or {}) | chosen
    return bool(chosen)

