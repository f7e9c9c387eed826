-- The second wall: a row can only point at a row of its own organisation. The keys that are not here are named, with
-- their reasons, in tests/integration/references.py.

-- Row-level security binds the owner as well; it is put back for every table after the migrations.
ALTER TABLE clients NO FORCE ROW LEVEL SECURITY;
ALTER TABLE states NO FORCE ROW LEVEL SECURITY;
ALTER TABLE members NO FORCE ROW LEVEL SECURITY;
ALTER TABLE api_tokens NO FORCE ROW LEVEL SECURITY;
ALTER TABLE blocked_contacts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE distinct_clients NO FORCE ROW LEVEL SECURITY;
ALTER TABLE import_files NO FORCE ROW LEVEL SECURITY;
ALTER TABLE import_lines NO FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_secrets NO FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_deliveries NO FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempts NO FORCE ROW LEVEL SECURITY;

-- One row for each file ever opened, without a word: what names a client points here. It outlives the words, as the
-- events that carry the identifier do.
CREATE TABLE client_files (
    organisation_id uuid NOT NULL DEFAULT organisation(),
    id uuid NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
INSERT INTO client_files (organisation_id, id) SELECT DISTINCT organisation_id, id FROM clients;

ALTER TABLE clients
    ADD CONSTRAINT clients_of_file FOREIGN KEY (organisation_id, id) REFERENCES client_files,
    ADD CONSTRAINT clients_lead_to FOREIGN KEY (organisation_id, file_id) REFERENCES client_files,
    ADD CONSTRAINT clients_merged_into FOREIGN KEY (organisation_id, merged_into) REFERENCES client_files;
ALTER TABLE blocked_contacts
    ADD CONSTRAINT blocked_contacts_of_client FOREIGN KEY (organisation_id, client_id) REFERENCES client_files;
ALTER TABLE distinct_clients
    ADD CONSTRAINT distinct_clients_one FOREIGN KEY (organisation_id, id) REFERENCES client_files,
    ADD CONSTRAINT distinct_clients_other FOREIGN KEY (organisation_id, other_id) REFERENCES client_files;
ALTER TABLE import_lines
    ADD CONSTRAINT import_lines_of_file FOREIGN KEY (organisation_id, import_id) REFERENCES import_files,
    ADD CONSTRAINT import_lines_client FOREIGN KEY (organisation_id, client_id) REFERENCES client_files;

-- A stream is of one kind for ever. The row beside a listed one is written a moment before it, in one transaction.
CREATE UNIQUE INDEX states_by_stream ON states (organisation_id, stream_id);
ALTER TABLE members ADD CONSTRAINT members_of_stream FOREIGN KEY (organisation_id, id)
    REFERENCES states (organisation_id, stream_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_of_stream FOREIGN KEY (organisation_id, id)
    REFERENCES states (organisation_id, stream_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE webhook_secrets ADD CONSTRAINT webhook_secrets_of_stream FOREIGN KEY (organisation_id, subscription_id)
    REFERENCES states (organisation_id, stream_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_of_stream
    FOREIGN KEY (organisation_id, subscription_id) REFERENCES states (organisation_id, stream_id);
ALTER TABLE webhook_attempts ADD CONSTRAINT webhook_attempts_of_delivery
    FOREIGN KEY (organisation_id, subscription_id, position) REFERENCES webhook_deliveries;

-- A function looks where it was told to, whatever the search path of its caller, and never among temporary tables first.
ALTER FUNCTION locked_claims(bigint[], uuid[], timestamptz, timestamptz)
    SET search_path = pg_catalog, public, pg_temp;
