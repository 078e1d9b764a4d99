CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value {bytes} NOT NULL
) {table};

CREATE TABLE name (
  sort {int} NOT NULL,
  number {int} NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (sort, number)
) {table};

CREATE TABLE policy (
  version {int} NOT NULL PRIMARY KEY,
  digest {bytes} NOT NULL,
  source {bytes} NOT NULL,
  applied {int} NOT NULL
) {table};

CREATE TABLE subject (
  id {bytes} NOT NULL PRIMARY KEY,
  version {int} NOT NULL,
  alias_of {bytes},
  due {int},
  dossier {bytes} NOT NULL
) {table};

CREATE INDEX subject_due ON subject (due) WHERE due IS NOT NULL;

CREATE TABLE organisation (
  id {bytes} NOT NULL PRIMARY KEY,
  version {int} NOT NULL,
  dossier {bytes} NOT NULL
) {table};

CREATE TABLE organisation_person (
  organisation_id {bytes} NOT NULL,
  subject_id {bytes} NOT NULL,
  PRIMARY KEY (organisation_id, subject_id)
) {table};

CREATE TABLE record (
  subject_id {bytes} NOT NULL,
  id {bytes} NOT NULL,
  category {int} NOT NULL,
  clear {bytes} NOT NULL,
  sealed {bytes} NOT NULL,
  tombstone {int} NOT NULL,
  PRIMARY KEY (subject_id, id)
) {table};

CREATE INDEX record_tombstone ON record (subject_id) WHERE tombstone <> 0;

CREATE TABLE entry (
  seq {int} NOT NULL PRIMARY KEY,
  commitment {bytes} NOT NULL,
  at {int},
  act {int},
  period {int},
  detail {bytes}
) {table};

CREATE TABLE entry_subject (
  subject_id {bytes} NOT NULL,
  seq {int} NOT NULL,
  PRIMARY KEY (subject_id, seq)
) {table};

CREATE TABLE entry_part (
  seq {int} NOT NULL,
  position {int} NOT NULL,
  subject_id {bytes} NOT NULL,
  commitment {bytes} NOT NULL,
  detail {bytes} NOT NULL,
  PRIMARY KEY (seq, position)
) {table};

CREATE TABLE aggregate (
  projection {int} NOT NULL,
  cell TEXT NOT NULL,
  people {int} NOT NULL,
  PRIMARY KEY (projection, cell)
) {table};
