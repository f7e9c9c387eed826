-- What happens, on its way to other programs; and jobs that may be asked for again.

-- A job asked for again while it runs is not over when it ends.
ALTER TABLE jobs ADD COLUMN asked integer NOT NULL DEFAULT 1;

CREATE TABLE webhook_secrets (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    subscription_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    secret text NOT NULL,
    good_until timestamptz,
    PRIMARY KEY (organisation_id, subscription_id, id)
);

-- One line for each event that a subscription is to hear of.
CREATE TABLE webhook_deliveries (
    organisation_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    position bigint NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    last_at timestamptz,
    delivered_at timestamptz,
    PRIMARY KEY (organisation_id, subscription_id, position)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organisation_id, subscription_id, position)
    WHERE delivered_at IS NULL;

-- One line for each time that something was sent.
CREATE TABLE webhook_attempts (
    organisation_id uuid NOT NULL,
    subscription_id uuid NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    status integer,
    took_ms integer NOT NULL,
    failure text NOT NULL,
    PRIMARY KEY (organisation_id, subscription_id, position, at)
);
