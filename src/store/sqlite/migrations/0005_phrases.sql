-- The search index anew, with places: a word is a phrase of its threes. It is filled when the database is opened.
DROP TABLE grams;
CREATE VIRTUAL TABLE grams USING fts5 (gram, content = '', contentless_delete = 1, detail = full, tokenize = 'ascii');
