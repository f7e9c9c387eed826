-- Commands wait for each other before they read, and settings are known by one number.

-- How often anything that commands decide on has changed in an organisation: whoever read it at this number knows it.
CREATE TABLE revisions (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    revision bigint NOT NULL,
    PRIMARY KEY (organisation_id)
);
-- Row-level security binds the owner as well; it is put back for every table after the migrations.
ALTER TABLE states NO FORCE ROW LEVEL SECURITY;
INSERT INTO revisions (organisation_id, revision) SELECT organisation_id, sum(version) FROM states GROUP BY 1;

-- Takes the lock of an organisation, shared or exclusive, and tells the revision of its settings as it then is: each
-- statement of the body sees what was committed before it began.
CREATE FUNCTION entered(key bigint, is_exclusive boolean) RETURNS bigint LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF is_exclusive THEN
        PERFORM pg_advisory_xact_lock(key);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(key);
    END IF;
    RETURN (SELECT revision FROM revisions);
END $$;
