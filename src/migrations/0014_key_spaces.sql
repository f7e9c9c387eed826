-- A key counts among those of its own origin: a form, a program and a job never meet each other's. Through what each
-- earlier command came is said by the last event it kept; those that kept none are told by how their keys are written.
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE commands NO FORCE ROW LEVEL SECURITY;
ALTER TABLE api_tokens NO FORCE ROW LEVEL SECURITY;

ALTER TABLE commands ADD COLUMN origin text;

UPDATE commands c SET origin = e.state::json ->> 'via' FROM events e
WHERE c.position > 0 AND e.position = c.position AND e.organisation_id = c.organisation_id;

UPDATE commands c SET origin = CASE
    WHEN EXISTS (SELECT 1 FROM api_tokens t WHERE t.organisation_id = c.organisation_id
        AND t.id::text = split_part(c.key, '/', 1)) THEN 'api'
    WHEN split_part(c.key, '/', 1) IN ('end_request', 'end_hold', 'forget_rows') THEN 'policy'
    ELSE 'desk' END
WHERE origin IS NULL;

ALTER TABLE commands ALTER COLUMN origin SET NOT NULL;
ALTER TABLE commands DROP CONSTRAINT commands_pkey;
ALTER TABLE commands ADD PRIMARY KEY (organisation_id, origin, key);
