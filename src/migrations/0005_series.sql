-- What readers keep of series, and of the appointments that are their occurrences.

CREATE TABLE view_series (
    organisation_id uuid NOT NULL,
    series_id uuid NOT NULL,
    client_id uuid,
    rule text NOT NULL,
    zone text NOT NULL,
    wall_time text NOT NULL,
    service_ids uuid[] NOT NULL,
    resource_ids uuid[] NOT NULL,
    PRIMARY KEY (organisation_id, series_id)
);
CREATE INDEX view_series_by_client ON view_series (organisation_id, client_id);

CREATE TABLE view_occurrences (
    organisation_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    series_id uuid NOT NULL,
    occurrence_on date NOT NULL,
    status text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    zone text NOT NULL,
    is_exception boolean NOT NULL,
    service_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, appointment_id)
);
CREATE INDEX view_occurrences_by_series ON view_occurrences (organisation_id, series_id, starts_at);
