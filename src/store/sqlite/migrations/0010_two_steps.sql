-- The second step of a sign-in. The key of a member of staff's app is sealed with a data key; the last step whose code
-- was accepted is kept, so that no code counts twice.
CREATE TABLE totp (
    staff  INTEGER PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    secret TEXT    NOT NULL,
    step   INTEGER NOT NULL,
    since  INTEGER NOT NULL
) STRICT;

-- Recovery codes that were not used yet, as SHA-256; a used one is deleted.
CREATE TABLE recovery_codes (
    staff INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    hash  TEXT    NOT NULL,
    PRIMARY KEY (staff, hash)
) STRICT, WITHOUT ROWID;
