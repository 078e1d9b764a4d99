CREATE TABLE undertaking (
  subject_id {bytes} NOT NULL,
  document {int} NOT NULL,
  accepted {int} NOT NULL,
  version {int} NOT NULL,
  digest {bytes} NOT NULL,
  PRIMARY KEY (subject_id, document, accepted, version)
) {table};

ALTER TABLE program_key ADD COLUMN reviewed {int};
ALTER TABLE program_key ADD COLUMN reviewed_by TEXT;
