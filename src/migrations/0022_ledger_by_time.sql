-- The ledger by both of its times: what begins after the days asked for is passed over within the index.
DROP INDEX claims_by_time;
CREATE INDEX claims_by_time ON claims (organisation_id, resource_id, ends_at, starts_at);

-- Resource by resource: given a list, a server that had not analysed the table yet took the primary key's index, and
-- read all that a house had ever claimed.
CREATE OR REPLACE FUNCTION locked_claims(keys bigint[], ids uuid[], first timestamptz, last timestamptz)
RETURNS SETOF claims LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(key) FROM unnest(keys) key;
    RETURN QUERY SELECT taken.* FROM unnest(ids) AS asked (id) CROSS JOIN LATERAL (
        SELECT * FROM claims WHERE resource_id = asked.id AND ends_at > first AND starts_at < last OFFSET 0) taken;
END $$;
