"""Whether a clock is trusted: not while another one or the log contradicts it, nor right after a jump."""

import pytest

from kernel import clock
from kernel.clock import Clock, Trust

RIGHT, AHEAD, BEHIND_THE_LOG = Clock(0.0, -50_000.0), Clock(121.0, -50_000.0), Clock(0.0, 3_000_000.0)
A_YEAR = 365 * 86_400.0


class Times:
    """The machine's clocks, in tests: `minute` goes on, `jumped` is how far the one on the wall was moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.minute, self.jumped = 0, 0.0
        monkeypatch.setattr(clock.time, "monotonic", lambda: self.minute * 60.0)
        monkeypatch.setattr(clock, "since_start", lambda: self.jumped)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    return Times(monkeypatch)


def weighed(trust: Trust, measured: Clock) -> bool:
    trust.weigh(measured)
    return trust.is_given


@pytest.mark.parametrize("measured", [AHEAD, Clock(-121.0, 0.0), BEHIND_THE_LOG])
def test_nothing_is_done_by_a_clock_that_is_apart(measured: Clock):
    trust = Trust()
    assert [weighed(trust, each) for each in (RIGHT, measured, RIGHT)] == [True, False, True]


def trusted_minutes(trust: Trust, times: Times, measured: Clock) -> list[int]:
    """When it is trusted, of twenty looks a minute apart."""
    trusted = []
    for minute in range(20):
        times.minute = minute
        if weighed(trust, measured):
            trusted.append(minute)
    return trusted


def test_an_event_from_the_future_stops_nothing_for_longer_than_ten_minutes(times: Times):
    assert trusted_minutes(Trust(), times, BEHIND_THE_LOG) == list(range(11, 20))


def test_a_clock_apart_from_the_databases_is_never_trusted(times: Times):
    assert trusted_minutes(Trust(), times, AHEAD) == []


@pytest.mark.parametrize("seconds", [A_YEAR, -A_YEAR, 121.0])
def test_a_machine_that_jumps_as_a_whole_is_not_trusted_for_ten_minutes(times: Times, seconds: float):
    trust = Trust()
    assert trust.is_given
    times.jumped = seconds
    assert trusted_minutes(trust, times, RIGHT) == list(range(11, 20))


def test_a_jump_that_is_put_right_is_forgotten_at_once(times: Times):
    trust = Trust()
    times.jumped = A_YEAR
    assert not trust.is_given
    times.jumped = 30.0
    assert trust.is_given


def test_a_clock_that_is_put_right_after_it_was_apart_is_trusted_at_once(times: Times):
    trust = Trust()
    assert not weighed(trust, AHEAD)
    times.jumped = -A_YEAR
    assert weighed(trust, RIGHT)


def test_a_clock_that_is_corrected_little_by_little_never_jumps(times: Times):
    trust = Trust()
    for times.jumped in range(0, 3600, 60):
        assert weighed(trust, RIGHT)
