CREATE TABLE webhook (
  id {bytes} NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  private {int} NOT NULL,
  made {int} NOT NULL,
  made_by TEXT NOT NULL,
  failing {int},
  disabled {int},
  sealed {bytes} NOT NULL
) {table};

CREATE TABLE webhook_message (
  webhook {bytes} NOT NULL,
  id {bytes} NOT NULL,
  event TEXT NOT NULL,
  at {int} NOT NULL,
  subject_id {bytes},
  purpose {int},
  policy_version {int} NOT NULL,
  due {int},
  tries {int} NOT NULL,
  told {int},
  delivered {int},
  answer {int},
  PRIMARY KEY (webhook, id)
) {table};

CREATE INDEX webhook_message_due ON webhook_message (due) WHERE due IS NOT NULL;
