"""Whether a clock is trusted: two that agree outweigh the log, after a while."""

import pytest

from kernel import clock
from kernel.clock import Clock, Trust

RIGHT, AHEAD, BEHIND_THE_LOG = Clock(0.0, -50_000.0), Clock(121.0, -50_000.0), Clock(0.0, 3_000_000.0)


@pytest.mark.parametrize("measured", [AHEAD, Clock(-121.0, 0.0), BEHIND_THE_LOG])
def test_nothing_is_done_by_a_clock_that_is_apart(measured: Clock):
    trust = Trust()
    assert [trust.weigh(RIGHT), trust.weigh(measured), trust.weigh(RIGHT)] == [True, False, True]


def trusted_minutes(measured: Clock, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """When it is trusted, of twenty looks a minute apart."""
    trust, trusted = Trust(), []
    for minute in range(20):
        monkeypatch.setattr(clock.time, "monotonic", lambda minute=minute: minute * 60.0)
        if trust.weigh(measured):
            trusted.append(minute)
    return trusted


def test_an_event_from_the_future_stops_nothing_for_longer_than_ten_minutes(monkeypatch: pytest.MonkeyPatch):
    assert trusted_minutes(BEHIND_THE_LOG, monkeypatch) == list(range(11, 20))


def test_a_clock_apart_from_the_databases_is_never_trusted(monkeypatch: pytest.MonkeyPatch):
    assert trusted_minutes(AHEAD, monkeypatch) == []
