-- Jobs: changes of many rooms. What is asked for in SQL has a column; the rest of a job is JSON.
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    reason     TEXT    NOT NULL DEFAULT '',
    -- Steps, selection, preview, whether it needs approval, minutes: never changed once planned.
    plan       TEXT    NOT NULL,
    total      INTEGER NOT NULL DEFAULT 0,
    changed    INTEGER NOT NULL DEFAULT 0,
    unchanged  INTEGER NOT NULL DEFAULT 0,
    skipped    INTEGER NOT NULL DEFAULT 0,
    failed     INTEGER NOT NULL DEFAULT 0,
    -- Who, when and from where.
    planned    TEXT    NOT NULL,
    planned_at INTEGER NOT NULL,
    approved   TEXT,
    started    TEXT,
    ended_at   INTEGER,
    busy_ms    INTEGER NOT NULL DEFAULT 0,
    until      INTEGER,
    lifted_by  INTEGER
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_standing ON jobs (until) WHERE until IS NOT NULL AND lifted_by IS NULL;

-- A job's rooms, some hundred in a row: [[number, version, id], ...] in the order of numbers, and an outcome for each of
-- the first of them. The counts let a page of one sort of outcome pass by rows that have none of it.
CREATE TABLE job_chunks (
    job       INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    chunk     INTEGER NOT NULL,
    many      INTEGER NOT NULL,
    rooms     TEXT    NOT NULL,
    done      INTEGER NOT NULL DEFAULT 0,
    outcomes  TEXT    NOT NULL DEFAULT '[]',
    changed   INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    skipped   INTEGER NOT NULL DEFAULT 0,
    failed    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, chunk)
) STRICT;
CREATE INDEX job_chunks_open ON job_chunks (job, chunk) WHERE done < many;

-- What shields hold: the value that one gave a field, and what the field goes back to when no shield stands over it any
-- more. A shield over a shield names the one below it.
CREATE TABLE shield_holds (
    room  INTEGER NOT NULL REFERENCES rooms (number) ON DELETE CASCADE,
    field TEXT    NOT NULL,
    job   INTEGER NOT NULL REFERENCES jobs (id),
    value TEXT    NOT NULL,
    base  TEXT    NOT NULL,
    below INTEGER,
    PRIMARY KEY (room, field, job)
) STRICT, WITHOUT ROWID;
CREATE INDEX shield_holds_by_job ON shield_holds (job, room);

-- The job that an entry is a part of, or about.
ALTER TABLE audit ADD COLUMN job INTEGER;
CREATE INDEX audit_by_job ON audit (job, id) WHERE job IS NOT NULL;
