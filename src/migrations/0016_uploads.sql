-- Files that were uploaded and not yet read: their bytes, in pieces, until somebody has read or forgotten them.
CREATE TABLE import_uploads (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    import_id uuid NOT NULL,
    part integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (organisation_id, import_id, part),
    CONSTRAINT import_uploads_of_file FOREIGN KEY (organisation_id, import_id) REFERENCES import_files
);

-- What a job foresaw of a long file: it names people as the file does, and goes when the file is brought in or forgotten.
CREATE TABLE import_previews (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    import_id uuid NOT NULL,
    looked integer NOT NULL DEFAULT 0,
    seen jsonb,
    PRIMARY KEY (organisation_id, import_id),
    CONSTRAINT import_previews_of_file FOREIGN KEY (organisation_id, import_id) REFERENCES import_files
);

-- Files that were read before there were jobs for looking through them.
ALTER TABLE import_files NO FORCE ROW LEVEL SECURITY;
ALTER TABLE import_lines NO FORCE ROW LEVEL SECURITY;
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
INSERT INTO jobs (organisation_id, key, name, facts, due_at)
SELECT organisation_id, 'look_through_rows/' || id || '/0', 'look_through_rows', json_build_object('id', id)::text, now()
FROM import_files f WHERE EXISTS (
    SELECT FROM import_lines l
    WHERE l.organisation_id = f.organisation_id AND l.import_id = f.id AND l.cells IS NOT NULL);
