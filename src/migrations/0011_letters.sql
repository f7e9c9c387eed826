-- What became of each letter. Neither what it said nor what its link held is kept anywhere.
CREATE TABLE letters (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    key text NOT NULL,
    name text NOT NULL,
    -- The person written to; none when only an address is known. People stand outside every organisation.
    person_id uuid,
    queued_at timestamptz NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    -- Whoever sends it has it until then, and says so once more just before it may be gone.
    taken_until timestamptz,
    handed_at timestamptz,
    settled_at timestamptz,
    sent_at timestamptz,
    failure text,
    PRIMARY KEY (organisation_id, key)
);
