CREATE TABLE sign_in_begun (
  token {bytes} NOT NULL PRIMARY KEY,
  place {bytes} NOT NULL,
  begun {int} NOT NULL,
  sealed {bytes} NOT NULL
) {table};

CREATE INDEX sign_in_begun_place ON sign_in_begun (place, begun);
CREATE INDEX sign_in_begun_at ON sign_in_begun (begun);

CREATE TABLE request_count (
  round {int} NOT NULL,
  client {bytes} NOT NULL,
  process {bytes} NOT NULL,
  at {int} NOT NULL,
  taken {int} NOT NULL,
  PRIMARY KEY (round, client)
) {table};

CREATE INDEX request_count_at ON request_count (at);
