-- The audit trail as a chain: each entry's mac, keyed, is made over the entry and the mac before it. Entries from before
-- this step get theirs when the database is opened.
ALTER TABLE audit ADD COLUMN mac BLOB;

-- The two ends of the chain. 'start': the last entry that was removed under the retention rule, or what stands for one
-- where none was; 'head': the newest entry; 'sealing': how far the entries from before this step have their macs. Each
-- row has a keyed mac of its own (seal), so that it cannot be changed to fit a trail that was.
CREATE TABLE audit_ends (
    part       TEXT    PRIMARY KEY,
    database   TEXT    NOT NULL,
    entry      INTEGER NOT NULL,
    many       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    mac        BLOB    NOT NULL,
    seal       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- Which fields an entry changed goes with the entry. A foreign key would look at all of them for each entry that goes.
DROP TRIGGER audit_appended;
CREATE TABLE audit_fields_kept (
    field TEXT    NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (field, entry)
) STRICT, WITHOUT ROWID;
INSERT INTO audit_fields_kept SELECT field, entry FROM audit_fields;
DROP TABLE audit_fields;
ALTER TABLE audit_fields_kept RENAME TO audit_fields;
CREATE TRIGGER audit_appended AFTER INSERT ON audit WHEN new.action <> 'room.created' BEGIN
    INSERT OR IGNORE INTO audit_fields (field, entry)
        SELECT value ->> 'field', new.id FROM json_each(new.changes);
END;
CREATE TRIGGER audit_removed AFTER DELETE ON audit WHEN old.action <> 'room.created' BEGIN
    DELETE FROM audit_fields WHERE entry = old.id
        AND field IN (SELECT value ->> 'field' FROM json_each(iif(json_valid(old.changes), old.changes, '[]')));
END;
