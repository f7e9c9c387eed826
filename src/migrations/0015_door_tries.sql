-- Tries at the door and what may be used once only (answers to passkeys): what a crash must not forget is logged. Counts
-- of requests stay in rate_windows.
CREATE TABLE door_tries (
    key text PRIMARY KEY,
    count integer NOT NULL,
    ends_at timestamptz NOT NULL
);

INSERT INTO door_tries SELECT * FROM rate_windows WHERE key ~ '^(door|letters|spent)(/|$)';
DELETE FROM rate_windows WHERE key ~ '^(door|letters|spent)(/|$)';
