-- sql/window/parse.sql
-- What does a statement consist of?
--
-- in:  $sql VARCHAR   a statement, perhaps a broken one
-- out: one row
--      tree VARCHAR   JSON: {error, error_message} or {error, statements}
select json_serialize_sql($sql::varchar)::varchar as tree
