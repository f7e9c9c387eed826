-- Messages to clients about their appointments: one row for each, as its events tell it.
CREATE TABLE view_messages (
    organisation_id uuid NOT NULL,
    correspondence_id uuid NOT NULL,
    message_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    client_id uuid NOT NULL,
    rule text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    why text NOT NULL,
    is_manual boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    planned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    PRIMARY KEY (organisation_id, correspondence_id, message_id)
);
CREATE INDEX view_messages_by_appointment ON view_messages (organisation_id, appointment_id);
CREATE INDEX view_messages_by_time ON view_messages (organisation_id, due_at);
CREATE INDEX view_messages_failed ON view_messages (organisation_id, starts_at) WHERE state = 'failed';

-- What was promised before there were messages is not written about afterwards.
INSERT INTO positions (reader, position) SELECT 'telling', coalesce(max(position), 0) FROM events;
