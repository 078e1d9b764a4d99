CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value {bytes} NOT NULL
) {table};

CREATE TABLE epoch (
  number {int} NOT NULL PRIMARY KEY,
  state {int} NOT NULL,
  made {int} NOT NULL,
  destroyed {int}
) {table};

CREATE TABLE record_key (
  subject_id {bytes} NOT NULL,
  id {bytes} NOT NULL,
  epoch {int} NOT NULL,
  wrapped {bytes} NOT NULL,
  PRIMARY KEY (subject_id, id)
) {table};

CREATE TABLE look_up (
  field {int} NOT NULL,
  token {bytes} NOT NULL,
  subject_id {bytes} NOT NULL,
  record_id {bytes} NOT NULL,
  epoch {int} NOT NULL,
  wrapped {bytes} NOT NULL,
  confirmed {int} NOT NULL,
  PRIMARY KEY (field, token, subject_id, record_id)
) {table};

CREATE INDEX look_up_subject ON look_up (subject_id, record_id);

CREATE INDEX look_up_open ON look_up (subject_id) WHERE confirmed = 0;

CREATE TABLE suppression (
  field {int} NOT NULL,
  token {bytes} NOT NULL,
  epoch {int} NOT NULL,
  wrapped {bytes} NOT NULL,
  made {int} NOT NULL,
  PRIMARY KEY (field, token)
) {table};

CREATE TABLE period_key (
  period {int} NOT NULL PRIMARY KEY,
  epoch {int} NOT NULL,
  wrapped {bytes} NOT NULL
) {table};
