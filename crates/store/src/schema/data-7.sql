CREATE TABLE idempotency (
  actor TEXT NOT NULL,
  key {bytes} NOT NULL,
  request {bytes} NOT NULL,
  began {int} NOT NULL,
  ends {int} NOT NULL,
  outcome TEXT,
  PRIMARY KEY (actor, key)
) {table};

CREATE INDEX idempotency_ends ON idempotency (ends);
