-- The keys with which secrets are sealed and audit entries are chained, each wrapped with the master key, which is kept
-- elsewhere.
CREATE TABLE data_keys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    purpose    TEXT    NOT NULL,
    wrapped    TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
