"""The search for the parts of one visit: who serves which need, preferred resources first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations, pairwise
from typing import NamedTuple
from uuid import UUID

from agenda.slots import Ask, Calendar
from agenda.visits_board import Board

Ids = frozenset[UUID]
NOBODY: Ids = frozenset()


class Need(NamedTuple):
    """One of the candidates, in order of preference; for some the service may last otherwise than asked."""

    candidates: Sequence[UUID]
    durations: Mapping[UUID, int] | None = None

    def duration(self, resource_id: UUID, ask: Ask) -> int:
        return (self.durations or {}).get(resource_id, ask.duration)


class Segment(NamedTuple):
    """A service of the visit; the need that leads says how long it lasts."""

    ask: Ask
    needs: Sequence[Need]

    def lead(self, calendars: Mapping[UUID, Calendar]) -> int:
        """The first need of resources with hours, else the first need."""
        with_hours = [any(calendars[each].periods is not None for each in need.candidates) for need in self.needs]
        return with_hours.index(True) if True in with_hours else 0

    def longest(self) -> int:
        durations = [need.durations.values() for need in self.needs if need.durations]
        return max(self.ask.duration, *chain(*durations), 0)

    def resource_ids(self) -> set[UUID]:
        return {each for need in self.needs for each in need.candidates}


class Part(NamedTuple):
    """A segment in its place, its resources in the order of its needs."""

    segment: int
    start: int
    end: int
    resource_ids: tuple[UUID, ...]


class Search:
    """Finds the parts from a segment on, and remembers them.

    The lead is preferred first, then the other needs in their order, then the segments that follow. What came before
    matters only through those who stay from one segment to the next, because they have no buffer in between.
    """

    def __init__(self, segments: Sequence[Segment], leads: Sequence[int], grid: Mapping[UUID, set[int]], board: Board):
        self.segments, self.leads, self.grid, self.board = segments, leads, grid, board
        self.known: dict[tuple[int, int, Ids], tuple[Part, ...] | None] = {}
        self.asks: dict[tuple[int, int, bool, bool], Ask] = {}
        self.followers = [_followers(segment, lead) for segment, lead in zip(segments, leads, strict=True)]
        self.may_stay = [_may_stay(one, other) for one, other in pairwise(segments)] + [NOBODY]

    def parts(self, index: int, at: int, staying: Ids = NOBODY) -> tuple[Part, ...] | None:
        """Parts of the segments from the index on, from that minute on, the first of them served by who is staying."""
        key = (index, at, staying)
        if key not in self.known:
            self.known[key] = self._parts(*key)
        return self.known[key]

    def _parts(self, index: int, at: int, staying: Ids) -> tuple[Part, ...] | None:
        if index == len(self.segments):
            return ()
        for part in self._candidates(index, at, staying):
            rest = self._rest(part)
            if rest is not None:
                return part, *rest
        return None

    def _rest(self, part: Part) -> tuple[Part, ...] | None:
        """The preferred parts after this one, whoever may or must stay for them."""
        found = (self.parts(part.segment + 1, part.end, staying) for staying in self._stays(part))
        return min((parts for parts in found if parts is not None), key=self._rank, default=None)

    def _stays(self, part: Part) -> Iterator[Ids]:
        movable = [each for each in part.resource_ids if each in self.may_stay[part.segment]]
        bound = frozenset(each for each in movable if not self._may_leave(part, each))
        free = [each for each in movable if each not in bound]
        return (bound.union(some) for count in range(len(free) + 1) for some in combinations(free, count))

    def _rank(self, parts: tuple[Part, ...]) -> list[int]:
        return [rank for part in parts for rank in self._part_rank(part)]

    def _part_rank(self, part: Part) -> list[int]:
        needs = self.segments[part.segment].needs
        ranks = [list(need.candidates).index(each) for need, each in zip(needs, part.resource_ids, strict=True)]
        return [ranks[self.leads[part.segment]], *ranks]

    def _candidates(self, index: int, at: int, staying: Ids) -> Iterator[Part]:
        segment, lead = self.segments[index], self.leads[index]
        for leader in self._leaders(index, staying):
            empty = Part(index, at, at + segment.needs[lead].duration(leader, segment.ask), ())
            if self._may_lead(empty, leader) and self._is_free(empty, leader, staying, leads=True):
                for team in self._teams(empty, leader, staying):
                    yield empty._replace(resource_ids=team)

    def _leaders(self, index: int, staying: Ids) -> Sequence[UUID]:
        """Those who may lead: where somebody who stays has no other need to serve, nobody else."""
        candidates = self.segments[index].needs[self.leads[index]].candidates
        bound = staying - self.followers[index]
        return [each for each in candidates if bound == {each}] if bound else candidates

    def _may_lead(self, part: Part, leader: UUID) -> bool:
        return part.segment > 0 or part.start in self.grid[leader]

    def _teams(self, part: Part, leader: UUID, staying: Ids) -> Iterator[tuple[UUID, ...]]:
        pools = [need.candidates for need in self.segments[part.segment].needs]
        pools[self.leads[part.segment]] = (leader,)

        def is_free(resource_id: UUID) -> bool:
            return resource_id == leader or self._is_free(part, resource_id, staying)

        return _distinct(pools, is_free, staying)

    def _is_free(self, part: Part, resource_id: UUID, staying: Ids, leads: bool = False) -> bool:
        """Free for the part, with the buffers that no neighbouring segment can spare."""
        leaves = resource_id not in self.may_stay[part.segment]
        ask = self._ask(part, has_before=resource_id not in staying, has_after=leaves)
        return self.board.fits(resource_id, ask, part.start, leads)

    def _may_leave(self, part: Part, resource_id: UUID) -> bool:
        return self.board.fits(resource_id, self._ask(part, has_before=False, has_after=True), part.start)

    def _ask(self, part: Part, has_before: bool, has_after: bool) -> Ask:
        key = (part.segment, part.end - part.start, has_before, has_after)
        if key not in self.asks:
            ask = self.segments[part.segment].ask
            before, after = ask.before * has_before, ask.after * has_after
            self.asks[key] = ask._replace(duration=key[1], before=before, after=after, interval=None)
        return self.asks[key]


def _followers(segment: Segment, lead: int) -> Ids:
    return frozenset(chain(*(need.candidates for index, need in enumerate(segment.needs) if index != lead)))


def _may_stay(one: Segment, other: Segment) -> Ids:
    """Those for whom it matters whether they serve both segments."""
    has_buffers = one.ask.after > 0 or other.ask.before > 0
    return frozenset(one.resource_ids() & other.resource_ids()) if has_buffers else NOBODY


def _distinct(
    pools: Sequence[Sequence[UUID]], is_free: Callable[[UUID], bool], wanted: Ids, *team: UUID
) -> Iterator[tuple[UUID, ...]]:
    """Teams of one from each pool, nobody twice, all who are wanted among them."""
    left = len(pools) - len(team)
    if left == 0:
        yield team
    for each in pools[len(team)] if left else ():
        if each not in team and len(wanted.difference(team, (each,))) < left and is_free(each):
            yield from _distinct(pools, is_free, wanted, *team, each)
