"""Messages to clients as a list; one held back before it leaves, one sent again."""

from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import g, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kernel.errors import NotFound
from notifications.messages import commands
from projections import listing, message_list
from projections import messages as view
from projections.message_list import Found
from projections.messages import MessageLine
from web import told, visit
from web.desk import desk
from web.desk.listing import here
from web.desk.panel import card_of, panel_answer
from web.entry import admits
from web.forms import asked, sent
from web.forms_list import NarrowMessages, SendAgain
from web.message_words import STATES
from web.sight import SEE
from web.told import Toast

PAGE = 100


@desk.get("/messages")
@admits("agenda.see")
def messages() -> str:
    facts = asked(NarrowMessages)
    if not request.args:
        facts |= {"on": visit.today(), "until": visit.today()}
    found = lines_of(facts)
    shown = {"lines": found[:PAGE], "has_more": len(found) > PAGE}
    return render_template("messages/page.html", facts=facts, states=STATES, here=here, **shown)


def lines_of(facts: dict[str, Any]) -> list[Found]:
    return message_list.listed(
        visit.store(),
        visit.house(),
        **listing.window(facts["on"], facts["until"], visit.zone()),
        state=facts["state"],
        resource_ids=listing.columns(None, g.member.rights.over(SEE)),
        limit=PAGE + 1,
        skip=(facts["page"] - 1) * PAGE,
    )


@desk.post("/appointments/<uuid:id>/messages/withhold")
@admits("agenda.write")
def withhold(id: UUID) -> Response:
    card_of(id)
    told.await_view(commands.withhold_message(visit.store(), id, by=visit.act()))
    return told.answer(Toast(words=gettext("No e-mail is sent.")), to=url_for("desk.panel", id=id))


@desk.post("/appointments/<uuid:id>/messages/<uuid:message_id>/again")
@admits("agenda.write")
def send_again(id: UUID, message_id: UUID) -> Response:
    """The same key is one message, however often it is sent."""
    key, earlier = sent(SendAgain)["key"] or str(uuid4()), earlier_one(card_of(id).id, message_id)
    again = {"message_id": uuid5(message_id, key), "rule": earlier.rule}
    told.await_view(commands.resend_message(visit.store(), id, **again, by=visit.act(key)))
    return panel_answer(id, Toast(words=gettext("The message is on its way.")))


def earlier_one(appointment_id: UUID, message_id: UUID) -> MessageLine:
    written = view.of_appointment(visit.store(), visit.house(), appointment_id)
    found = next((one for one in written if one.message_id == message_id), None)
    if found is None:
        raise NotFound(kind="Message", id=str(message_id))
    return found
