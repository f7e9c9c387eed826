"""How long deliveries are remembered once they were taken: the log is what is sent again when somebody asks."""

from datetime import timedelta

from kernel.retention import Kept

MONTH = timedelta(days=30)
# The latest of a subscription says since when it hears us; an attempt leads to its delivery.
IS_LATEST = """webhook_deliveries.position = (SELECT max(d.position) FROM webhook_deliveries d
    WHERE (d.organisation_id, d.subscription_id) =
        (webhook_deliveries.organisation_id, webhook_deliveries.subscription_id))"""
HAS_ATTEMPTS = """EXISTS (SELECT FROM webhook_attempts a
    WHERE (a.organisation_id, a.subscription_id, a.position) =
        (webhook_deliveries.organisation_id, webhook_deliveries.subscription_id, webhook_deliveries.position))"""

KEPT = (
    Kept(table="webhook_attempts", since="at", period=MONTH),
    Kept(table="webhook_deliveries", since="delivered_at", period=MONTH, needed=f"{IS_LATEST} OR {HAS_ATTEMPTS}"),
    Kept(table="webhook_secrets", since="good_until", period=MONTH),
)
