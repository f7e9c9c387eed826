"""Webhooks over HTTP: subscribe, see how deliveries went, send again."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from msgspec.structs import asdict

from web import visit
from web.api.call import act, existing, fresh_id, house, kept, made, tagged
from web.api.family import Family
from web.api.fields import AskedWhole, Body, Page, Paged, Text, Whole, cursor_of, page_of, read_cursor, slice_of
from web.entry import hands_out, needs
from webhooks import commands, queries
from webhooks.addresses import LONGEST_URL
from webhooks.queries import SubscriptionCard

webhooks = Family("webhooks", __name__, description="What happens, sent to you in order until you have it.")

LAST_POSITION = 2**62
NAMES = "Names of events, as GET /events gives them; all of them when left out."


class ChangeSubscription(Body):
    url = Text(LONGEST_URL, least=1, metadata={"description": "An https address of the public internet."})
    names = fields.List(Text(100), validate=validate.Length(max=200), metadata={"description": NAMES})
    is_paused = fields.Boolean(metadata={"description": "What happens meanwhile is kept and sent afterwards."})


class Subscribe(Body):
    id = fields.UUID()
    url = Text(LONGEST_URL, required=True)
    names = fields.List(
        Text(100), load_default=list, validate=validate.Length(max=200), metadata={"description": NAMES}
    )


class SubscriptionBody(Body):
    id = fields.UUID()
    version = fields.Integer()
    url = fields.String()
    names = fields.List(fields.String())
    is_paused = fields.Boolean()
    is_over = fields.Boolean()
    stopped = fields.String(
        metadata={"description": "`gone` after an answer 410; it goes on when `is_paused` is set to false."}
    )
    old_secret_until = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Until when the secret before signs too; UTC."}
    )
    waiting = fields.Integer(metadata={"description": "How many deliveries wait."})
    delivered_at = fields.AwareDateTime(allow_none=True, metadata={"description": "In UTC."})
    failed_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Last try of what still waits; UTC."})


class SubscriptionMade(SubscriptionBody):
    secret = fields.String(metadata={"description": "Signs each delivery; shown this once."})


class Subscriptions(Paged):
    items = fields.List(fields.Nested(SubscriptionBody))


class SecretBody(Body):
    secret = fields.String(metadata={"description": "The one before signs beside it for 24 hours."})


class Replay(Body):
    after = Whole(0, LAST_POSITION, required=True, metadata={"description": "Everything after it is sent again."})


class AskedDeliveries(Body):
    limit = AskedWhole(1, 200, load_default=50)
    cursor = fields.String(load_default="")


class DeliveryBody(Body):
    position = fields.Integer()
    name = fields.String()
    stream_id = fields.UUID()
    tries = fields.Integer()
    last_at = fields.AwareDateTime(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)
    zone = fields.String()
    status = fields.Integer(allow_none=True, metadata={"description": "Of the last try, where there was an answer."})
    took_ms = fields.Integer(allow_none=True)
    failure = fields.String(allow_none=True)


class Deliveries(Body):
    items = fields.List(fields.Nested(DeliveryBody))
    next = fields.String(allow_none=True)


@webhooks.get("/webhooks")
@webhooks.arguments(Page, location="query")
@webhooks.response(200, Subscriptions)
@needs("webhooks:write")
def list_subscriptions(asked: dict[str, Any]) -> Any:
    """Every subscription of the house."""
    return slice_of([asdict(card) for card in queries.subscriptions(*house())], asked)


@webhooks.post("/webhooks")
@webhooks.arguments(Subscribe)
@webhooks.response(201, SubscriptionMade)
@needs("webhooks:write")
@hands_out("secret")
def subscribe(facts: dict[str, Any]) -> Any:
    """Sends every later event to this address, signed (Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`).

    Answer with any 2xx within ten seconds. What you do not take is sent again, later each time up to hourly, and
    nothing overtakes it. `Webhook-Id` is the same for each sending of one event. An answer 410 stops it.
    Needs events:read as well.
    """
    id = fresh_id(facts)
    position = commands.subscribe(visit.store(), id, facts["url"], names=facts["names"], by=act())
    return made(asdict(one(id)) | {"secret": queries.secret(*house(), id)}, position)


@webhooks.get("/webhooks/<uuid:id>")
@webhooks.response(200, SubscriptionBody)
@needs("webhooks:write")
def read(id: UUID) -> Any:
    """One subscription, and how it stands."""
    return tagged(asdict(one(id)))


@webhooks.route("/webhooks/<uuid:id>", methods=["PATCH"])
@webhooks.arguments(ChangeSubscription)
@webhooks.response(200, SubscriptionBody)
@needs("webhooks:write")
def change(facts: dict[str, Any], id: UUID) -> Any:
    """Another address, other events, a pause. What waits is tried at once. Needs events:read as well."""
    position = commands.change_subscription(visit.store(), id, **facts, by=act(id))
    return tagged(asdict(one(id)), **kept(position))


@webhooks.delete("/webhooks/<uuid:id>")
@webhooks.response(200, SubscriptionBody)
@needs("webhooks:write")
def end(id: UUID) -> Any:
    """Ends it for good; what waits is not sent."""
    position = commands.end_subscription(visit.store(), id, by=act(id))
    return tagged(asdict(one(id)), **kept(position))


@webhooks.post("/webhooks/<uuid:id>/secret")
@webhooks.response(200, SecretBody)
@needs("webhooks:write")
@hands_out("secret")
def change_secret(id: UUID) -> Any:
    """A new secret; for a day each delivery carries the signatures of both, and of none before them."""
    position = commands.change_secret(visit.store(), id, by=act(id))
    return {"secret": queries.secret(*house(), id)}, 200, kept(position)


@webhooks.delete("/webhooks/<uuid:id>/secret")
@webhooks.response(200, SubscriptionBody)
@needs("webhooks:write")
def end_old_secret(id: UUID) -> Any:
    """The secret before the present one signs no longer, from now on."""
    position = commands.end_old_secret(visit.store(), id, by=act(id))
    return tagged(asdict(one(id)), **kept(position))


@webhooks.post("/webhooks/<uuid:id>/replay")
@webhooks.arguments(Replay)
@webhooks.response(200, SubscriptionBody)
@needs("webhooks:write")
def replay(facts: dict[str, Any], id: UUID) -> Any:
    """Sends everything after a position once more, in order, also what was before the subscription. Needs events:read
    as well."""
    position = commands.replay_deliveries(visit.store(), id, facts["after"], by=act(id))
    return tagged(asdict(one(id)), **kept(position))


@webhooks.get("/webhooks/<uuid:id>/deliveries")
@webhooks.arguments(AskedDeliveries, location="query")
@webhooks.response(200, Deliveries)
@needs("webhooks:write")
def list_deliveries(facts: dict[str, Any], id: UUID) -> Any:
    """Deliveries, latest first, with how the last try of each went."""
    one(id)
    before = read_cursor(facts["cursor"], tuple[int])
    found = queries.deliveries(*house(), id, before[0] if before else None, facts["limit"])
    bodies = [asdict(line) | {"zone": "UTC"} for line in found]
    return page_of(bodies, facts["limit"], cursor_of(found[-1].position) if found else "")


def one(id: UUID) -> SubscriptionCard:
    return existing(queries.subscription(*house(), id), "Subscription", id)
