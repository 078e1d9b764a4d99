CREATE TABLE document (
  number {int} NOT NULL,
  version {int} NOT NULL,
  digest {bytes} NOT NULL,
  source {bytes} NOT NULL,
  since {int} NOT NULL,
  PRIMARY KEY (number, version)
) {table};
