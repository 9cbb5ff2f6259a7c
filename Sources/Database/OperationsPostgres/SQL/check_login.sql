-- The name of this login, and whether it has the privileges of an operator: it is a member of the
-- operators' role, or of the role that owns the schema.
-- Locks: none.
-- Index: none; the catalogue has one row for the schema.
SELECT current_user::text,
       pg_has_role('millrace_operator', 'USAGE') OR pg_has_role(nspowner, 'USAGE')
FROM pg_namespace WHERE nspname = 'upload_pipeline';
