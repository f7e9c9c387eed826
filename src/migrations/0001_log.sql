-- The log, the ledger of time, and what is written in the same transaction.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Missing or empty means an error, so a forgotten organisation closes the door instead of opening it.
CREATE FUNCTION organisation() RETURNS uuid LANGUAGE sql STABLE
RETURN current_setting('carnet.organisation')::uuid;

CREATE TABLE events (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (organisation_id, stream_id, version)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);
CREATE INDEX events_in_order ON events (position);

-- Seat 0 is an absence: it is seen by the search and excludes nothing by itself.
-- Instants stand in two plain columns because comparisons of timestamps may use an index under
-- row-level security, and the overlap operator of ranges may not.
CREATE TABLE claims (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    stream_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    seat smallint NOT NULL CHECK (seat >= 0),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('visit', 'hold', 'absence')),
    before_minutes smallint NOT NULL,
    after_minutes smallint NOT NULL,
    capacity smallint NOT NULL,
    counts_on date,
    expires_at timestamptz,
    CHECK (starts_at < ends_at),
    CHECK ((seat = 0) = (kind = 'absence')),
    PRIMARY KEY (organisation_id, stream_id, resource_id, seat, starts_at),
    CONSTRAINT one_at_a_time EXCLUDE USING gist (
        organisation_id WITH =, resource_id WITH =, seat WITH =, tstzrange(starts_at, ends_at) WITH &&
    ) WHERE (seat > 0)
);
CREATE INDEX claims_by_time ON claims (organisation_id, resource_id, ends_at);

-- Waits for the resources, then reads what they have taken. Each statement of the body sees what was committed
-- before it began: what the holder of a lock wrote is seen by whoever waited for it.
CREATE FUNCTION locked_claims(keys bigint[], ids uuid[], first timestamptz, last timestamptz)
RETURNS SETOF claims LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(key) FROM unnest(keys) key;
    RETURN QUERY SELECT * FROM claims WHERE resource_id = ANY(ids) AND ends_at > first AND starts_at < last;
END $$;

CREATE TABLE commands (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, key)
);

-- The present state of the aggregates that decisions list, written with their events.
CREATE TABLE states (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    kind text NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (organisation_id, kind, stream_id)
);

-- Words from and about people. A new wording is a new row; erasing empties `words` and touches no event.
CREATE TABLE texts (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    subject_id uuid,
    kind text NOT NULL,
    words text,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX texts_by_subject ON texts (organisation_id, subject_id);

-- How far each reader has read. One log, one order: this table is of the house, not of an organisation.
CREATE TABLE positions (
    reader text PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0
);

CREATE TABLE jobs (
    organisation_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    facts text NOT NULL,
    due_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    leased_until timestamptz,
    done_at timestamptz,
    failure text,
    PRIMARY KEY (organisation_id, key)
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE done_at IS NULL;
