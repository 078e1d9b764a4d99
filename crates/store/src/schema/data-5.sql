CREATE TABLE account (
  subject_id {bytes} NOT NULL PRIMARY KEY,
  handle TEXT NOT NULL,
  made {int} NOT NULL,
  disabled {int},
  UNIQUE (handle)
) {table};

CREATE TABLE account_role (
  subject_id {bytes} NOT NULL,
  role {int} NOT NULL,
  granted {int} NOT NULL,
  granted_by TEXT NOT NULL,
  reviewed {int} NOT NULL,
  reviewed_by TEXT NOT NULL,
  PRIMARY KEY (subject_id, role)
) {table};

CREATE TABLE credential (
  subject_id {bytes} NOT NULL,
  id {bytes} NOT NULL,
  sort {int} NOT NULL,
  made {int} NOT NULL,
  used {int},
  step {int},
  finder {bytes},
  sealed {bytes} NOT NULL,
  PRIMARY KEY (subject_id, id)
) {table};

CREATE UNIQUE INDEX credential_finder ON credential (finder) WHERE finder IS NOT NULL;

CREATE TABLE session (
  token {bytes} NOT NULL PRIMARY KEY,
  id {bytes} NOT NULL,
  subject_id {bytes} NOT NULL,
  sort {int} NOT NULL,
  made {int} NOT NULL,
  seen {int} NOT NULL,
  ends {int} NOT NULL,
  role {int},
  purpose {int}
) {table};

CREATE INDEX session_subject ON session (subject_id);

CREATE TABLE sign_in_link (
  token {bytes} NOT NULL PRIMARY KEY,
  subject_id {bytes} NOT NULL,
  sort {int} NOT NULL,
  made {int} NOT NULL,
  ends {int} NOT NULL
) {table};

CREATE INDEX sign_in_link_subject ON sign_in_link (subject_id);

CREATE TABLE attempt (
  place {bytes} NOT NULL PRIMARY KEY,
  failures {int} NOT NULL,
  last {int} NOT NULL
) {table};

CREATE TABLE known_address (
  subject_id {bytes} NOT NULL,
  address {bytes} NOT NULL,
  seen {int} NOT NULL,
  PRIMARY KEY (subject_id, address)
) {table};

CREATE TABLE program_key (
  id {bytes} NOT NULL PRIMARY KEY,
  token {bytes} NOT NULL,
  handle TEXT NOT NULL,
  made {int} NOT NULL,
  made_by TEXT NOT NULL,
  ends {int} NOT NULL,
  revoked {int},
  used {int},
  scopes TEXT NOT NULL,
  UNIQUE (token)
) {table};
