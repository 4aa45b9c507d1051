-- Rooms: what is fixed about every room, then one column per field (its key), in the table's order.
-- Lists stand twice: as JSON in their column, to be shown, and word by word in room_words, to be found.
CREATE TABLE rooms (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    app             TEXT    NOT NULL DEFAULT '',
    version         INTEGER NOT NULL DEFAULT 1,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    member_count    INTEGER NOT NULL DEFAULT 0,
    last_message_at INTEGER NOT NULL DEFAULT 0,
    attribute_seq   INTEGER NOT NULL DEFAULT 0,
    -- The name as names are compared; then name, id and owner as the search compares them.
    name_key        TEXT    NOT NULL DEFAULT '',
    fold            TEXT    NOT NULL,
    name            TEXT,
    cover           TEXT,
    status          TEXT    NOT NULL DEFAULT 'active',
    opening         TEXT    NOT NULL DEFAULT 'open',
    listed          INTEGER NOT NULL DEFAULT 1,
    muted           INTEGER NOT NULL DEFAULT 0,
    capacity        INTEGER,
    owner           TEXT,
    tags            TEXT,
    categories      TEXT,
    live_url        TEXT,
    seat_mode       TEXT    NOT NULL DEFAULT 'free',
    queue_level     TEXT    NOT NULL DEFAULT 'everyone',
    activity_status INTEGER,
    webhook         TEXT,
    bot_mode        INTEGER NOT NULL DEFAULT 0,
    ext_params      TEXT,
    moderation_text    TEXT,
    moderation_picture TEXT,
    managers        TEXT,
    last_message    TEXT,
    description     TEXT,
    announcement    TEXT,
    ext             TEXT
) STRICT;
CREATE INDEX rooms_by_name         ON rooms (name_key, number);
CREATE INDEX rooms_by_updated      ON rooms (updated_at, number);
CREATE INDEX rooms_by_created      ON rooms (created_at, number);
CREATE INDEX rooms_by_members      ON rooms (member_count, number);
CREATE INDEX rooms_by_last_message ON rooms (last_message_at, number);
-- What rooms are filtered by; each finds a rare value without a look at the others.
CREATE INDEX rooms_by_owner        ON rooms (owner) WHERE owner IS NOT NULL;
CREATE INDEX rooms_by_app          ON rooms (app);
CREATE INDEX rooms_by_status       ON rooms (status);
CREATE INDEX rooms_by_opening      ON rooms (opening);
CREATE INDEX rooms_by_listed       ON rooms (listed);
CREATE INDEX rooms_by_muted        ON rooms (muted);
CREATE INDEX rooms_by_seat_mode    ON rooms (seat_mode);
CREATE INDEX rooms_by_queue_level  ON rooms (queue_level);
CREATE INDEX rooms_by_bot_mode     ON rooms (bot_mode);
CREATE INDEX rooms_with_cover      ON rooms (number) WHERE cover IS NOT NULL;

-- How many rooms there are, so that nobody has to count them.
CREATE TABLE totals (what TEXT PRIMARY KEY, many INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO totals VALUES ('rooms', 0);
CREATE TRIGGER room_made AFTER INSERT ON rooms BEGIN UPDATE totals SET many = many + 1 WHERE what = 'rooms'; END;
CREATE TRIGGER room_gone AFTER DELETE ON rooms BEGIN UPDATE totals SET many = many - 1 WHERE what = 'rooms'; END;

-- Every word of every list field (tags, categories, managers), by the field's key.
CREATE TABLE room_words (
    field TEXT    NOT NULL,
    word  TEXT    NOT NULL,
    room  INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
    PRIMARY KEY (field, word, room)
) STRICT, WITHOUT ROWID;
CREATE INDEX room_words_by_room ON room_words (room, field);

-- The search index: one row per room whose tokens are the one- and two-character grams of its fold.
CREATE VIRTUAL TABLE grams USING fts5 (gram, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

CREATE TABLE clients (
    id            TEXT PRIMARY KEY,
    nickname      TEXT    NOT NULL DEFAULT '',
    nickname_fold TEXT    NOT NULL DEFAULT '',
    avatar        TEXT    NOT NULL DEFAULT '',
    last_login_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX clients_by_nickname ON clients (nickname_fold) WHERE nickname_fold <> '';

CREATE TABLE members (
    room      INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
    client    TEXT    NOT NULL REFERENCES clients (id),
    unread    INTEGER NOT NULL DEFAULT 0,
    last_read TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (room, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_client ON members (client, room);

CREATE TABLE attributes (
    room        INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
    key         TEXT    NOT NULL,
    value       TEXT    NOT NULL,
    auto_delete INTEGER NOT NULL DEFAULT 0,
    set_by      TEXT    NOT NULL DEFAULT '',
    seq         INTEGER NOT NULL,
    PRIMARY KEY (room, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attributes_by_key ON attributes (key, room);
