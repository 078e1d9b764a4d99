DROP TABLE aggregate;

CREATE TABLE statistic (
  projection {int} NOT NULL,
  cell TEXT NOT NULL,
  people {int} NOT NULL,
  spread {int} NOT NULL,
  PRIMARY KEY (projection, cell)
) {table};
