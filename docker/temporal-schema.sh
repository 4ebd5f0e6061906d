#!/bin/sh
# Creates Temporal's two databases and brings their schema up to date; a repeat changes nothing.
# Needs POSTGRES_SEEDS, DB_PORT, POSTGRES_USER, and SQL_PASSWORD, which the tool reads itself.
set -eu

for database in temporal temporal_visibility; do
  folder=${database#temporal_}
  tool="temporal-sql-tool --plugin postgres12 --ep $POSTGRES_SEEDS -p $DB_PORT"
  tool="$tool -u $POSTGRES_USER --db $database"
  $tool create
  $tool setup-schema -v 0.0
  $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$folder/versioned"
done
