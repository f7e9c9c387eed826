-- Client files in full: custom values, how a file stands, which file it was merged into, and blocks that outlive it.

-- Row-level security binds the owner as well; it is put back for every table after the migrations.
ALTER TABLE clients NO FORCE ROW LEVEL SECURITY;

-- What stands on the current row is how the file stands: the version of its stream, whether it is blocked or archived,
-- the file it was merged into, and the visible file that this leads to (itself, when it was not merged).
ALTER TABLE clients
    ADD COLUMN custom jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN person_key text NOT NULL DEFAULT '',
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD COLUMN is_blocked boolean NOT NULL DEFAULT false,
    ADD COLUMN is_archived boolean NOT NULL DEFAULT false,
    ADD COLUMN merged_into uuid,
    ADD COLUMN file_id uuid,
    ADD COLUMN erased_at timestamptz;

UPDATE clients SET revision = version, file_id = id, person_key = coalesce(
    (SELECT string_agg(word, ' ' ORDER BY word COLLATE "C") FROM unnest(string_to_array(name_key, ' ')) word), '');

ALTER TABLE clients ALTER COLUMN file_id SET NOT NULL;
DROP INDEX clients_by_name;
CREATE INDEX clients_by_name ON clients (organisation_id, name_key, id)
    WHERE is_current AND merged_into IS NULL AND NOT is_archived;
CREATE INDEX clients_by_file ON clients (organisation_id, file_id) WHERE is_current;
CREATE INDEX clients_by_person ON clients (organisation_id, person_key) WHERE is_current;
CREATE INDEX clients_by_number ON clients (organisation_id, number) WHERE is_current AND number <> '';
CREATE INDEX clients_by_blocked ON clients (organisation_id, file_id) WHERE is_current AND is_blocked;

-- A secret of each organisation, in a table of its own: with it gone, no mark below says anything of anybody.
CREATE TABLE peppers (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    pepper bytea NOT NULL,
    PRIMARY KEY (organisation_id)
);

-- HMAC-SHA256 of the contacts of blocked clients, in one writing: all that is left of them when the file is erased.
CREATE TABLE blocked_contacts (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    mark bytea NOT NULL,
    client_id uuid NOT NULL,
    blocked_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, mark, client_id)
);
CREATE INDEX blocked_contacts_by_client ON blocked_contacts (organisation_id, client_id);

-- Pairs that somebody looked at and found to be two people.
CREATE TABLE distinct_clients (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    other_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, id, other_id)
);

CREATE INDEX view_history_by_client ON view_history (organisation_id, client_id, position) WHERE client_id IS NOT NULL;

-- A file that somebody wants brought in: its headings, and the field that each column goes to.
CREATE TABLE import_files (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    name text NOT NULL,
    written_as text NOT NULL,
    headings jsonb NOT NULL,
    fields jsonb NOT NULL,
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX import_files_by_age ON import_files (organisation_id, uploaded_at);

-- Each line waits with its cells until it is brought in, or for a day; then stays what became of it, and of its undoing.
CREATE TABLE import_lines (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    import_id uuid NOT NULL,
    number integer NOT NULL,
    cells jsonb,
    has_open_quote boolean NOT NULL DEFAULT false,
    outcome text NOT NULL DEFAULT '',
    what text NOT NULL DEFAULT '',
    notes jsonb NOT NULL DEFAULT '[]',
    client_id uuid,
    words_version integer,
    undone text NOT NULL DEFAULT '',
    PRIMARY KEY (organisation_id, import_id, number)
);
CREATE INDEX import_lines_by_client ON import_lines (organisation_id, client_id);
