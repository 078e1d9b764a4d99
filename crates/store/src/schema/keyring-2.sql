CREATE TABLE restrictive_act (
  place {int} NOT NULL PRIMARY KEY,
  line {bytes} NOT NULL
) {table};
