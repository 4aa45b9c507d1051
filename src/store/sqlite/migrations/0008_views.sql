-- What people have set for themselves, as JSON; and the questions about the room list that they saved.
ALTER TABLE staff ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';

CREATE TABLE views (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    staff      INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    name_fold  TEXT    NOT NULL,
    shared     INTEGER NOT NULL DEFAULT 0,
    -- Search, filters and order as the list's address has them; columns by their keys, commas between.
    query      TEXT    NOT NULL,
    columns    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (staff, name_fold)
) STRICT;
CREATE UNIQUE INDEX views_shared ON views (name_fold) WHERE shared = 1;
