"""Webhooks as owners and managers see them: who is told of what, and how each delivery went."""

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kernel.errors import NotFound
from kernel.events import Event
from web import told, visit
from web.entry import admits, hands_out
from web.forms import Before, ReplayWebhook, SubscribeWebhook, asked, sent
from web.settings import settings
from web.told import Toast
from webhooks import commands, queries
from webhooks.queries import SubscriptionCard

SHOWN = 50


@settings.get("/webhooks")
@admits("webhooks.write")
def webhooks() -> str:
    known = queries.subscriptions(visit.store(), visit.house())
    return render_template("settings/webhooks.html", subscriptions=known)


@settings.post("/webhooks")
@admits("webhooks.write")
@hands_out("secret")
def subscribe() -> str:
    """The answer is the page that shows the secret."""
    facts = sent(SubscribeWebhook)
    id, by = visit.fresh_id(facts["key"]), visit.act(facts["key"])
    commands.subscribe(visit.store(), id, facts["url"], names=names_of(facts["names"]), by=by)
    return secret_page(id)


def secret_page(id: UUID) -> str:
    secret = queries.secret(visit.store(), visit.house(), id)
    return render_template("settings/webhook_secret.html", subscription=one(id), secret=secret)


def names_of(written: str) -> list[str]:
    return written.replace(",", " ").split()


@settings.get("/webhooks/<uuid:id>")
@admits("webhooks.write")
def webhook(id: UUID) -> str:
    before = asked(Before)["before"]
    lines = queries.deliveries(visit.store(), visit.house(), id, before, SHOWN)
    known = sorted(name for name, kind in Event.names.items() if not kind.__subclasses__())
    facts = {"lines": lines, "more": len(lines) == SHOWN, "known": known}
    return render_template("settings/webhook.html", subscription=one(id), **facts)


@settings.post("/webhooks/<uuid:id>")
@admits("webhooks.write")
def change_webhook(id: UUID) -> Response:
    facts = sent(SubscribeWebhook)
    by, facts["names"] = visit.act(facts.pop("key")), names_of(facts["names"])
    return back(id, commands.change_subscription(visit.store(), id, **facts, by=by), gettext("Saved."))


@settings.post("/webhooks/<uuid:id>/pause")
@admits("webhooks.write")
def pause_webhook(id: UUID) -> Response:
    """Pauses it, or lets it go on."""
    is_paused = not one(id).is_paused
    position = commands.change_subscription(visit.store(), id, is_paused=is_paused, by=visit.act())
    words = gettext("Paused. What happens is kept and sent later.") if is_paused else gettext("It goes on.")
    return back(id, position, words)


@settings.post("/webhooks/<uuid:id>/replay")
@admits("webhooks.write")
def replay_webhook(id: UUID) -> Response:
    position = commands.replay_deliveries(visit.store(), id, sent(ReplayWebhook)["after"], by=visit.act())
    return back(id, position, gettext("Everything after this position is being sent again."))


@settings.post("/webhooks/<uuid:id>/secret")
@admits("webhooks.write")
@hands_out("secret")
def change_webhook_secret(id: UUID) -> str:
    commands.change_secret(visit.store(), id, by=visit.act())
    return secret_page(id)


@settings.post("/webhooks/<uuid:id>/secret/end")
@admits("webhooks.write")
def end_old_secret(id: UUID) -> Response:
    position = commands.end_old_secret(visit.store(), id, by=visit.act())
    return back(id, position, gettext("Only the new secret is good now."))


@settings.post("/webhooks/<uuid:id>/end")
@admits("webhooks.write")
def end_webhook(id: UUID) -> Response:
    told.await_view(commands.end_subscription(visit.store(), id, by=visit.act()))
    return told.leave_for(url_for("settings.webhooks"), Toast(words=gettext("Webhook ended. Nothing more is sent.")))


def back(id: UUID, position: int, words: str) -> Response:
    told.await_view(position)
    return told.leave_for(url_for("settings.webhook", id=id), Toast(words=words))


def one(id: UUID) -> SubscriptionCard:
    found = queries.subscription(visit.store(), visit.house(), id)
    if found is None:
        raise NotFound(kind="Subscription", id=str(id))
    return found
