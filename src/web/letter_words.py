"""What letters of a house are about, and what became of them, in words."""

from flask_babel import lazy_gettext

LETTER_WORDS = {
    "invitation": lazy_gettext("Invitation to the team"),
    "role-changed": lazy_gettext("A member's role changed"),
    "member-left": lazy_gettext("A member is no longer in the team"),
    "gifts-ended": lazy_gettext("What a member had given ended"),
    "support-access": lazy_gettext("The support comes in"),
    "addresses-changed": lazy_gettext("Addresses that may enter changed"),
    "webhook-stopped": lazy_gettext("A webhook has stopped"),
    "organisation-suspended": lazy_gettext("The organisation is suspended"),
    "organisation-closed": lazy_gettext("The organisation is closed"),
    "trial-ends": lazy_gettext("The trial ends soon"),
    "request-waits": lazy_gettext("A request waits"),
}
OUTCOME_WORDS = {
    "sent": lazy_gettext("Sent"),
    "waiting": lazy_gettext("Waiting"),
    "not_needed": lazy_gettext("No longer of use"),
    "failed": lazy_gettext("Not sent"),
}
OUTCOME_STATES = {"sent": "arrived", "waiting": "pending", "not_needed": "struck", "failed": "missed"}
# Our own reasons; any other is the mail server's answer, shown as it came.
REASON_WORDS = {
    "outcome_unknown": lazy_gettext("the mail server did not say whether it took it; so it is not sent twice"),
    "address_not_valid": lazy_gettext("the address cannot be written to"),
    "too_late": lazy_gettext("its news was more than three days old"),
    "link_over": lazy_gettext("its link was over"),
    "person_gone": lazy_gettext("nobody is there to read it"),
    "said_by_another": lazy_gettext("another letter said it"),
    "owner_no_more": lazy_gettext("it was for an owner who is one no more"),
    "overtaken": lazy_gettext("what happened since made it old"),
}
