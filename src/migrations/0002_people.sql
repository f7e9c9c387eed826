-- Words about people, by version, outside the log: an event says which version it speaks of. These may be erased.

CREATE TABLE members (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    version integer NOT NULL,
    is_current boolean NOT NULL DEFAULT true,
    name text,
    email text,
    password_hash text,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id, version)
);
CREATE UNIQUE INDEX members_current ON members (organisation_id, id) WHERE is_current;
CREATE UNIQUE INDEX members_by_email ON members (organisation_id, email) WHERE is_current;

CREATE TABLE clients (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    version integer NOT NULL,
    is_current boolean NOT NULL DEFAULT true,
    title text NOT NULL DEFAULT '',
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    birth_on date,
    address text NOT NULL DEFAULT '',
    postcode text NOT NULL DEFAULT '',
    town text NOT NULL DEFAULT '',
    remarks text NOT NULL DEFAULT '',
    number text NOT NULL DEFAULT '',
    name_key text NOT NULL,
    phone_key text NOT NULL,
    written_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id, version)
);
CREATE UNIQUE INDEX clients_current ON clients (organisation_id, id) WHERE is_current;
CREATE INDEX clients_by_name ON clients (organisation_id, name_key, id) WHERE is_current;
CREATE INDEX clients_by_email ON clients (organisation_id, email) WHERE is_current;
CREATE INDEX clients_by_phone ON clients (organisation_id, phone_key) WHERE is_current;
