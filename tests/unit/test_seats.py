"""Seats of a resource that serves several at once."""

from hypothesis import given
from hypothesis import strategies as st

from booking.seats import Seated, seat_spans

SPANS = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def test_the_first_seat_is_taken_first():
    assert seat_spans([], 0, 60, 3) == [Seated(1, 0, 60)]


def test_a_seat_free_throughout_is_better_than_two_halves():
    taken = [Seated(1, 0, 30), Seated(2, 30, 60)]
    assert seat_spans(taken, 0, 60, 3) == [Seated(3, 0, 60)]


def test_where_no_seat_is_free_throughout_one_changes_seats():
    taken = [Seated(1, 0, 30), Seated(2, 30, 60)]
    assert seat_spans(taken, 0, 60, 2) == [Seated(2, 0, 30), Seated(1, 30, 60)]


def test_beyond_capacity_a_seat_is_added():
    assert seat_spans([Seated(1, 0, 60)], 0, 60, 1) == [Seated(2, 0, 60)]


@given(st.lists(SPANS, max_size=12), st.integers(1, 4))
def test_while_seats_are_left_everybody_sits_within_the_capacity_and_alone(spans: list, capacity: int):
    taken: list[Seated] = []
    for start, end in spans:
        in_use = max(sum(each.start <= minute < each.end for each in taken) for minute in range(start, end))
        if in_use < capacity:
            new = seat_spans(taken, start, end, capacity)
            assert [new[0].start, new[-1].end] == [start, end]
            assert all(each.seat <= capacity for each in new)
            taken += new
    for seat in {each.seat for each in taken}:
        own = sorted((each.start, each.end) for each in taken if each.seat == seat)
        assert all(one[1] <= other[0] for one, other in zip(own, own[1:], strict=False))
