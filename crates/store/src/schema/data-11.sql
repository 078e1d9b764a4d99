CREATE TABLE entry_recent (
  seq {int} NOT NULL,
  subject_id {bytes} NOT NULL,
  PRIMARY KEY (seq, subject_id)
) {table};
