"""Acts of those who are no people at a desk: jobs, which act for a policy and may do what it brings about."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from accounts.rights import rights_of_policy
from kernel.actors import Act
from kernel.store import Store

Facts = ParamSpec("Facts")
Work = Callable[Concatenate[Store, Act, Facts], Any]
Job = Callable[Concatenate[Store, UUID, Facts], None]


class UndeclaredJob(Exception):
    """A job does not say for which policy it acts, so the program does not start."""


def acts_for(policy: str) -> Callable[[Work[Facts]], Job[Facts]]:
    """Makes a job of a function: it is handed an act that may do what this policy may, and nothing else."""
    rights = rights_of_policy(policy)

    def declare(work: Work[Facts]) -> Job[Facts]:
        @functools.wraps(work)
        def run(store: Store, organisation_id: UUID, *args: Facts.args, **facts: Facts.kwargs) -> None:
            by = Act(organisation_id=organisation_id, actor=f"policy/{policy}", origin="policy", may=rights)
            work(store, by, *args, **facts)

        run.acts_for = policy
        return run

    return declare


def declared(jobs: dict[str, Callable[..., None]]) -> dict[str, Callable[..., None]]:
    """These jobs, when every one says for which policy it acts."""
    if missing := [name for name, job in jobs.items() if not hasattr(job, "acts_for")]:
        raise UndeclaredJob(", ".join(sorted(missing)))
    return jobs
