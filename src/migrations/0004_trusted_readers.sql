-- Streams that a reader could not read on: it goes on without them, and reads them again when they are released.
CREATE TABLE parked (
    organisation_id uuid NOT NULL,
    reader text NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    name text NOT NULL,
    failure text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, reader, stream_id)
);
