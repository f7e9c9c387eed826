"""Lanes: kinds of work that never wait for each other, each with hands of its own and fair shares of them."""

from collections.abc import Iterable, Iterator

from msgspec import Struct


class JobWithoutLane(Exception):
    """A job is in no lane, or in two, or in none that does it, so the program does not start."""


class Lane(Struct, frozen=True):
    """Jobs by their names, and how many are done at once: `hands` in all, `share` of them for one organisation.

    What failed is tried again in the lane `again`, where it takes no hand from what may go well; by default in this.
    One that `is_outward` sends, and rests while sending is held.
    """

    name: str
    jobs: tuple[str, ...]
    hands: int
    share: int
    again: str = ""
    is_outward: bool = False


class Load(Struct):
    """How many hands of a lane are free, and which organisation had its turn last."""

    lane: Lane
    free: int
    after: str = "ffffffff-ffff-ffff-ffff-ffffffffffff"


# Jobs that no lane names, such as those of a newer program, are done by the last lane.
EVERYTHING = (Lane("everything", (), hands=4, share=4),)


def complete(lanes: tuple[Lane, ...], jobs: Iterable[str]) -> tuple[Lane, ...]:
    """These lanes, when every job is in exactly one of them and each leaves somebody else a hand."""
    named = sorted(name for lane in lanes for name in lane.jobs)
    if named != sorted(jobs):
        raise JobWithoutLane(sorted(set(named) ^ set(jobs)) or named)
    if greedy := [lane.name for lane in lanes if lane.share >= lane.hands]:
        raise JobWithoutLane(greedy)
    if unknown := {lane.again for lane in lanes if lane.again} - {lane.name for lane in lanes}:
        raise JobWithoutLane(unknown)
    return lanes


def places(lanes: Iterable[Lane]) -> Iterator[tuple[str, str, str]]:
    """Each name of a job with the lane that does it, and the lane that does it again."""
    return ((job, lane.name, lane.again or lane.name) for lane in lanes for job in lane.jobs)
