CREATE TABLE announcement (
  version {int} NOT NULL PRIMARY KEY,
  made {int} NOT NULL,
  people {int} NOT NULL,
  seen {bytes}
) {table};

CREATE TABLE message (
  subject_id {bytes} NOT NULL,
  kind {int} NOT NULL,
  about {int} NOT NULL,
  id {bytes} NOT NULL,
  made {int} NOT NULL,
  state {int} NOT NULL,
  due {int},
  tries {int} NOT NULL,
  ended {int},
  answer {int},
  rule TEXT,
  PRIMARY KEY (subject_id, kind, about)
) {table};

CREATE INDEX message_due ON message (due) WHERE due IS NOT NULL;

CREATE INDEX message_kind ON message (kind, about, state);
