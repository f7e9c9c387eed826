"""What a visit costs when nothing else is said."""

from agenda.timetable import Settings
from booking.events import Segment


def list_price(settings: Settings, segments: list[Segment]) -> int | None:
    """The sum of the services' prices, each person's own where there is one; None when no service has a price."""
    prices = [price_of(settings, segment) for segment in segments]
    known = [price for price in prices if price is not None]
    return sum(known) if known else None


def price_of(settings: Settings, segment: Segment) -> int | None:
    service = settings.services[segment.service_id]
    own = (service.performer(use.resource_id) for use in segment.uses)
    return next((each.price_cents for each in own if each and each.price_cents is not None), service.price_cents)
