-- What is over is found without looking at what is not. Who may take it out of every house is said by the grants.
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX commands_by_age ON commands (at);
CREATE INDEX letters_settled ON letters (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (delivered_at) WHERE delivered_at IS NOT NULL;
CREATE INDEX webhook_attempts_by_age ON webhook_attempts (at);
CREATE INDEX webhook_secrets_over ON webhook_secrets (good_until) WHERE good_until IS NOT NULL;
CREATE INDEX links_by_age ON links (asked_at);
CREATE INDEX sessions_by_age ON sessions (greatest(seen_at, ended_at));
CREATE INDEX devices_by_age ON devices (last_seen_at);
-- Those who have not shown yet that an address is theirs are few beside the others.
CREATE INDEX states_unconfirmed ON states (organisation_id)
    WHERE kind = 'Person' AND (state::jsonb ->> 'is_email_confirmed') IS DISTINCT FROM 'true';
