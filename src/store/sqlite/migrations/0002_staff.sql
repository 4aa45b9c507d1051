-- The people who sign in, their browsers, and who did what.
CREATE TABLE staff (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL,
    name_fold     TEXT    NOT NULL UNIQUE,
    role          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    must_change   INTEGER NOT NULL DEFAULT 1,
    disabled      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    signed_in_at  INTEGER
) STRICT;

-- A session is found by the SHA-256 of its cookie, so that a stolen database signs nobody in.
CREATE TABLE sessions (
    id_hash    TEXT PRIMARY KEY,
    staff      INTEGER REFERENCES staff (id) ON DELETE CASCADE,
    data       TEXT    NOT NULL,
    device     TEXT    NOT NULL DEFAULT '',
    address    TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_staff  ON sessions (staff) WHERE staff IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    room       TEXT,
    version    INTEGER,
    note       TEXT    NOT NULL DEFAULT '',
    changes    TEXT    NOT NULL DEFAULT '[]',
    undo_of    INTEGER,
    operation  TEXT
) STRICT;
CREATE INDEX audit_by_room   ON audit (room, id) WHERE room IS NOT NULL;
CREATE INDEX audit_by_actor  ON audit (actor, id);
CREATE INDEX audit_by_source ON audit (source, id);
CREATE INDEX audit_by_time   ON audit (at, id);
CREATE UNIQUE INDEX audit_by_operation ON audit (operation) WHERE operation IS NOT NULL;

-- Which fields an entry changed; entries that made a room are left out, they set everything.
CREATE TABLE audit_fields (
    field TEXT    NOT NULL,
    entry INTEGER NOT NULL REFERENCES audit (id) ON DELETE CASCADE,
    PRIMARY KEY (field, entry)
) STRICT, WITHOUT ROWID;
