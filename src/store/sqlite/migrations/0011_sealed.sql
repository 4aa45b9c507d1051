-- Apps' secrets are sealed, and found by a keyed fingerprint where the hash of a guess was enough before. SQL has no key:
-- the start that finds a 0 seals the row (1), and, when nothing of the plain text is left in the file, says so (2).
ALTER TABLE apps ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;

-- What sessions hold is sealed too; whoever was signed in signs in anew.
DELETE FROM sessions;
