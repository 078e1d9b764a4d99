-- Stands in for the extension Citus where it cannot be installed: its catalogue, and the functions that
-- `kept distribute` calls, of the same names and signatures and with the same refusals. A table that is
-- spread is partitioned by the hash of its column, on one server: its rows move, and keys that do not
-- hold the column are refused.

SET allow_system_table_mods = on;

CREATE SCHEMA citus;

CREATE TABLE citus.calls (number bigserial, call text NOT NULL);
CREATE SEQUENCE citus.groups;

CREATE TABLE citus.pg_dist_partition (
  logicalrelid regclass NOT NULL PRIMARY KEY,
  partmethod "char" NOT NULL,
  partkey text,
  colocationid integer NOT NULL DEFAULT 0,
  repmodel "char" NOT NULL
);
ALTER TABLE citus.pg_dist_partition SET SCHEMA pg_catalog;

CREATE TABLE citus.pg_dist_node (
  nodename text NOT NULL,
  groupid integer NOT NULL,
  isactive boolean NOT NULL DEFAULT true,
  shouldhaveshards boolean NOT NULL
);
ALTER TABLE citus.pg_dist_node SET SCHEMA pg_catalog;

CREATE FUNCTION pg_catalog.column_to_column_name(table_name regclass, column_var_text text)
RETURNS text LANGUAGE sql STABLE STRICT AS 'SELECT column_var_text';

CREATE FUNCTION pg_catalog.create_distributed_table(
  table_name regclass,
  distribution_column text,
  distribution_type text DEFAULT 'hash',
  colocate_with text DEFAULT 'default',
  shard_count integer DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  own text;
  own_schema text;
  own_type oid;
  place smallint;
  beside regclass;
  together integer;
  shards integer;
BEGIN
  SELECT relname, nspname INTO own, own_schema
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_class.oid = table_name;
  INSERT INTO citus.calls (call) VALUES (format('create_distributed_table %s %s', own, distribution_column));
  IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
    RAISE EXCEPTION 'table "%" is already distributed', own USING ERRCODE = '42P16';
  END IF;
  SELECT attnum, atttypid INTO place, own_type FROM pg_attribute
    WHERE attrelid = table_name AND attname = distribution_column;
  IF place IS NULL THEN
    RAISE EXCEPTION 'column "%" of relation "%" does not exist', distribution_column, own
      USING ERRCODE = '42703';
  END IF;
  IF EXISTS (SELECT 1 FROM pg_index WHERE indrelid = table_name AND indisunique
      AND NOT place = ANY (indkey::smallint[])) THEN
    RAISE EXCEPTION 'cannot create constraint on "%"', own
      USING ERRCODE = '42P16', DETAIL = 'Distributed relations cannot have UNIQUE, EXCLUDE, or '
        'PRIMARY KEY constraints that do not include the partition column.';
  END IF;
  IF EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f'
      AND (conrelid = table_name OR confrelid = table_name)) THEN
    RAISE EXCEPTION 'cannot create foreign key constraint' USING ERRCODE = '0A000';
  END IF;
  IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = table_name AND attidentity <> '')
      OR EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = table_name) THEN
    RAISE EXCEPTION 'cannot distribute "%"', own USING ERRCODE = '0A000';
  END IF;
  IF colocate_with IN ('default', 'none') THEN
    together := nextval('citus.groups');
    shards := coalesce(shard_count, 32);
  ELSE
    IF shard_count IS NOT NULL THEN
      RAISE EXCEPTION 'Cannot use colocate_with with a table and shard_count at the same time'
        USING ERRCODE = '0A000';
    END IF;
    beside := colocate_with::regclass;
    SELECT colocationid INTO together FROM pg_dist_partition
      WHERE logicalrelid = beside AND partmethod = 'h';
    IF together IS NULL THEN
      RAISE EXCEPTION 'relation % is not distributed', beside USING ERRCODE = '42809';
    END IF;
    IF own_type <> (SELECT atttypid FROM pg_attribute JOIN pg_dist_partition
        ON attrelid = logicalrelid AND attname = partkey WHERE logicalrelid = beside) THEN
      RAISE EXCEPTION 'cannot colocate tables % and %', beside, table_name USING ERRCODE = '42804';
    END IF;
    SELECT COUNT(*) INTO shards FROM pg_inherits WHERE inhparent = beside;
  END IF;
  EXECUTE format('ALTER TABLE %s RENAME TO %I', table_name, own || '_before');
  EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING ALL) PARTITION BY HASH (%I)',
    own_schema, own, own_schema, own || '_before', distribution_column);
  FOR shard IN 0 .. shards - 1 LOOP
    EXECUTE format('CREATE TABLE %I.%I PARTITION OF %I.%I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
      own_schema, own || '_' || 102008 + shard, own_schema, own, shards, shard);
  END LOOP;
  EXECUTE format('INSERT INTO %I.%I SELECT * FROM %I.%I', own_schema, own, own_schema, own || '_before');
  EXECUTE format('DROP TABLE %I.%I', own_schema, own || '_before');
  INSERT INTO pg_dist_partition
    VALUES (format('%I.%I', own_schema, own)::regclass, 'h', distribution_column, together, 's');
END
$$;

CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO citus.calls (call) VALUES (format('create_reference_table %s', table_name));
  INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, nextval('citus.groups'), 't');
END
$$;

CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(
  table_name regclass,
  cascade_via_foreign_keys boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO citus.calls (call) VALUES (format('citus_add_local_table_to_metadata %s', table_name));
  IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = table_name AND partmethod = 'h') THEN
    RAISE EXCEPTION 'table % is already distributed', table_name USING ERRCODE = '42P16';
  END IF;
  INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, 0, 's');
END
$$;

CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(function_name regclass)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO citus.calls (call) VALUES (format('truncate_local_data %s', function_name));
  IF NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = function_name
      AND (partmethod = 'h' OR repmodel = 't')) THEN
    RAISE EXCEPTION 'supplied parameter is not a distributed relation' USING ERRCODE = '22023';
  END IF;
END
$$;

CREATE FUNCTION pg_catalog.recover_prepared_transactions()
RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO citus.calls (call) VALUES ('recover_prepared_transactions');
  RETURN 0;
END
$$;

INSERT INTO pg_extension
  (oid, extname, extowner, extnamespace, extrelocatable, extversion, extconfig, extcondition)
  VALUES (999999, 'citus', 10, 'citus'::regnamespace, false, 'stand-in', NULL, NULL);
