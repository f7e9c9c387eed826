-- People: each is a house of one, so their rows stand under their own identifier as organisation.

-- Words about a person, by version; these may be erased.
CREATE TABLE people (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    version integer NOT NULL,
    is_current boolean NOT NULL DEFAULT true,
    name text,
    email text,
    language text NOT NULL DEFAULT 'fr',
    written_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, version)
);
CREATE UNIQUE INDEX people_current ON people (organisation_id) WHERE is_current;

-- Who signs in under which address. The address is unique across the whole installation: it is typed before
-- anybody knows which person, or which organisation, it is about. No answer ever says that one is taken.
CREATE TABLE logins (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    email text NOT NULL UNIQUE,
    PRIMARY KEY (organisation_id)
);

CREATE TABLE credentials (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    password_hash text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id)
);

CREATE TABLE passkeys (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name_id uuid,
    added_at timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, credential_id)
);

-- `sealed` is the shared secret, encrypted; `last_step` the half minute whose code was used last.
CREATE TABLE second_factors (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    sealed bytea NOT NULL,
    is_on boolean NOT NULL DEFAULT false,
    last_step bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation_id)
);

CREATE TABLE recovery_codes (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (organisation_id, code_hash)
);

-- What each sealed link allows, until when. `email` is the address that the letter goes to.
CREATE TABLE links (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('sign-in', 'reset', 'confirm-email')),
    email text NOT NULL,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (organisation_id, id)
);

-- Browsers from which a person signed in before.
CREATE TABLE devices (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    browser text NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- A session that still waits for its second factor lets nobody in. `house_id` is the organisation entered, as
-- `member_id`; `behalf`, `seeing_as` and `support_access_id` say in whose place somebody works there.
CREATE TABLE sessions (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    method text NOT NULL,
    device_id uuid,
    browser text NOT NULL,
    address text NOT NULL,
    waits_for_code boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    house_id uuid,
    member_id uuid,
    behalf text NOT NULL DEFAULT '',
    seeing_as uuid,
    support_access_id uuid,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX sessions_open ON sessions (organisation_id, opened_at) WHERE ended_at IS NULL;

-- Each member so far becomes a person, one for each address. A table's owner who is no superuser would not see
-- across organisations; the walls stand again at the end of the migration.
ALTER TABLE members NO FORCE ROW LEVEL SECURITY;
ALTER TABLE events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE states NO FORCE ROW LEVEL SECURITY;
ALTER TABLE members ADD COLUMN person_id uuid;

CREATE TEMPORARY TABLE first_members ON COMMIT DROP AS
SELECT DISTINCT ON (m.email) m.email, m.id, m.name, m.password_hash, m.written_at,
    coalesce(o.state::json ->> 'language', 'fr') AS language
FROM members m LEFT JOIN states o ON o.organisation_id = m.organisation_id AND o.kind = 'Organisation'
WHERE m.is_current AND m.email IS NOT NULL ORDER BY m.email, m.written_at, m.id;

INSERT INTO people (organisation_id, version, name, email, language, written_at)
SELECT id, 1, name, email, language, written_at FROM first_members;
INSERT INTO logins (organisation_id, email) SELECT id, email FROM first_members;
INSERT INTO credentials (organisation_id, password_hash, set_at)
SELECT id, password_hash, written_at FROM first_members WHERE password_hash IS NOT NULL;
UPDATE members m SET person_id = f.id FROM first_members f WHERE m.email = f.email AND m.is_current;

INSERT INTO events (organisation_id, stream_id, version, name, state)
SELECT f.id, f.id, fact.version, fact.name, (jsonb_build_object(
    'at', to_char(f.written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'by', 'setup/people', 'via', 'setup', 'command', gen_random_uuid()) || fact.own)::text
FROM first_members f CROSS JOIN (VALUES
    (1, 'PersonRegistered', '{"words_version": 1}'::jsonb),
    (2, 'PasswordSet', '{"why": "registered"}'::jsonb)) fact (version, name, own)
WHERE fact.version = 1 OR f.password_hash IS NOT NULL
ORDER BY f.written_at, f.id, fact.version;

INSERT INTO states (organisation_id, kind, stream_id, version, state)
SELECT id, 'Person', id, CASE WHEN password_hash IS NULL THEN 1 ELSE 2 END, (jsonb_build_object(
    'id', id, 'version', CASE WHEN password_hash IS NULL THEN 1 ELSE 2 END, 'words_version', 1)
    || CASE WHEN password_hash IS NULL THEN '{}'::jsonb ELSE '{"has_password": true}' END)::text
FROM first_members;

ALTER TABLE members DROP COLUMN password_hash;
-- The address is a copy now, which may be late: who somebody is stands in person_id.
DROP INDEX members_by_email;
CREATE UNIQUE INDEX members_by_person ON members (organisation_id, person_id) WHERE is_current;
CREATE INDEX members_of_person ON members (person_id) WHERE is_current;
