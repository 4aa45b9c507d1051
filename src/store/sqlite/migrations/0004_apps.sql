-- The apps through which back-ends call; what they called; the tokens of clients who call for themselves.
CREATE TABLE apps (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    name             TEXT    NOT NULL,
    name_fold        TEXT    NOT NULL UNIQUE,
    vendor           TEXT    NOT NULL,
    key              TEXT    NOT NULL,
    -- Kept as it is: signatures are made with it. The hash finds the app of a vendor that sends the secret itself.
    secret           TEXT    NOT NULL,
    secret_hash      TEXT    NOT NULL,
    old_secret       TEXT,
    old_secret_hash  TEXT,
    old_secret_until INTEGER,
    scope            TEXT    NOT NULL,
    application      TEXT    NOT NULL DEFAULT '',
    accounts         TEXT    NOT NULL DEFAULT '[]',
    rate             INTEGER,
    disabled         INTEGER NOT NULL DEFAULT 0,
    created_at       INTEGER NOT NULL,
    UNIQUE (vendor, key)
) STRICT;
CREATE INDEX apps_by_secret     ON apps (secret_hash);
CREATE INDEX apps_by_old_secret ON apps (old_secret_hash) WHERE old_secret_hash IS NOT NULL;

-- Calls counted by their end; app 0 is whoever no app could be found for.
CREATE TABLE app_calls (
    vendor       TEXT    NOT NULL,
    app          INTEGER NOT NULL,
    action       TEXT    NOT NULL,
    code         TEXT    NOT NULL,
    refused      INTEGER NOT NULL,
    many         INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    last_message TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (vendor, app, action, code)
) STRICT, WITHOUT ROWID;

-- A token is found by its SHA-256, so that a stolen database calls for nobody.
CREATE TABLE client_tokens (
    token_hash TEXT    PRIMARY KEY,
    app        INTEGER NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    client     TEXT    NOT NULL,
    superuser  INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX client_tokens_by_client ON client_tokens (app, client);

ALTER TABLE audit ADD COLUMN call TEXT;
