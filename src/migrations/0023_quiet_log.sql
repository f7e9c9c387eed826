-- Whether the log has numbers that one of these readers has not passed. While it has none, the question waits here, a
-- while at most: whoever follows a quiet log asks seldom, and is answered soon after something happens. Looking at the
-- sequence again takes no snapshot and no lock that anybody waits for. Both times are in seconds.
CREATE FUNCTION has_news(readers text[], longest double precision, pause double precision) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    passed bigint := (SELECT coalesce(min(position), 0) FROM positions WHERE reader = ANY(readers));
    until timestamptz := clock_timestamp() + longest * interval '1 second';
BEGIN
    LOOP
        IF (SELECT is_called AND last_value > passed FROM events_position_seq) THEN
            RETURN true;
        ELSIF clock_timestamp() >= until THEN
            RETURN false;
        END IF;
        PERFORM pg_sleep(pause);
    END LOOP;
END $$;
