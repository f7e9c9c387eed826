-- What readers keep for people to look at. Every one of these can be emptied and rebuilt from the log.

-- One line for each resource of each part of an appointment and each local day that it touches.
CREATE TABLE view_agenda (
    organisation_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    part smallint NOT NULL,
    resource_id uuid NOT NULL,
    shown_on date NOT NULL,
    parts smallint NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    client_id uuid,
    service_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    zone text NOT NULL,
    is_lead boolean NOT NULL,
    is_asked_for boolean NOT NULL,
    note_id uuid,
    client_note_id uuid,
    location_id uuid,
    video_link_id uuid,
    price_cents integer,
    currency text NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (organisation_id, appointment_id, part, resource_id, shown_on)
);
CREATE INDEX view_agenda_by_day ON view_agenda (organisation_id, shown_on);

CREATE TABLE view_absences (
    organisation_id uuid NOT NULL,
    absence_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    is_whole_days boolean NOT NULL,
    reason_id uuid,
    PRIMARY KEY (organisation_id, absence_id)
);
CREATE INDEX view_absences_by_time ON view_absences (organisation_id, ends_at);

-- One line for each event: who, what, when, and each field's old and new value.
CREATE TABLE view_history (
    organisation_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    at timestamptz NOT NULL,
    happened_at timestamptz,
    name text NOT NULL,
    actor text NOT NULL,
    behalf text NOT NULL,
    origin text NOT NULL,
    reason_id uuid,
    override text[] NOT NULL,
    client_id uuid,
    changes text NOT NULL,
    PRIMARY KEY (organisation_id, stream_id, version)
);
CREATE INDEX view_history_in_order ON view_history (organisation_id, position);

-- What each stream's fields are after its last event: where the next one's old values come from.
CREATE TABLE view_history_fields (
    organisation_id uuid NOT NULL,
    stream_id uuid NOT NULL,
    fields text NOT NULL,
    PRIMARY KEY (organisation_id, stream_id)
);

CREATE TABLE view_visits (
    organisation_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    client_id uuid,
    status text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    zone text NOT NULL,
    service_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, appointment_id)
);
CREATE INDEX view_visits_by_client ON view_visits (organisation_id, client_id, starts_at);
CREATE INDEX view_visits_by_resource ON view_visits (organisation_id, resource_id, starts_at);
