-- Whether anything is sent to the outside: a restored copy must not write to people a second time. One row while held.
CREATE TABLE held_sending (
    is_held boolean PRIMARY KEY DEFAULT true CHECK (is_held),
    held_at timestamptz NOT NULL
);
