-- The doors of programs: hashes of their tokens, and how often somebody has asked.

CREATE TABLE api_tokens (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (organisation_id, id)
);

-- Counts of requests until `ends_at`, by who asks. Of the house: whoever asks is counted before we know who it is.
-- Losing them with a crash forgives a minute of requests, so they are not worth a log.
CREATE UNLOGGED TABLE rate_windows (
    key text PRIMARY KEY,
    count integer NOT NULL,
    ends_at timestamptz NOT NULL
);

-- Pages of appointments by time go on after the last one shown.
CREATE INDEX view_visits_by_time ON view_visits (organisation_id, starts_at, appointment_id);
