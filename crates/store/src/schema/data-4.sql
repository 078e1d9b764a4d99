CREATE TABLE authorisation (
  version {int} NOT NULL PRIMARY KEY,
  digest {bytes} NOT NULL,
  source {bytes} NOT NULL,
  applied {int} NOT NULL
) {table};
