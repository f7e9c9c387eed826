"""The plans, as data: what each allows. All take any number of appointments, online too."""

from datetime import timedelta

from msgspec import Struct

TRIAL = timedelta(days=14)
# A closed house can be looked at, taken out and opened again for so long.
KEPT = timedelta(days=90)


class Plan(Struct, frozen=True, kw_only=True):
    """None is no limit. No plan binds anybody for a time, and none costs anything to begin or to end."""

    most_members: int | None = None
    most_places: int | None = None


PLANS = {
    "solo": Plan(most_members=1, most_places=1),
    "team": Plan(most_members=10, most_places=2),
    "house": Plan(),
}
