-- Until when a one-time password signs in; nothing where somebody has chosen their own. Those that wait to be used at this
-- step count for as long as new ones, 72 hours.
ALTER TABLE staff ADD COLUMN one_time_until INTEGER;
UPDATE staff SET one_time_until = unixepoch() * 1000 + 259200000 WHERE must_change = 1;
ALTER TABLE staff DROP COLUMN must_change;
