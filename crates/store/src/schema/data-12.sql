CREATE TABLE entry_by_place (
  seq INTEGER PRIMARY KEY,
  commitment BLOB NOT NULL,
  at INTEGER,
  act INTEGER,
  period INTEGER,
  detail BLOB
) STRICT;

INSERT INTO entry_by_place SELECT seq, commitment, at, act, period, detail FROM entry ORDER BY seq;
DROP TABLE entry;
ALTER TABLE entry_by_place RENAME TO entry;
