-- How much time somebody keeps without having promised anything is counted before more is given.
CREATE INDEX claims_that_end ON claims (organisation_id, kind) WHERE expires_at IS NOT NULL;
