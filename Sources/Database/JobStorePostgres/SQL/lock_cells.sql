-- Whether this transaction may tend a tenant's cells; false while another does.
-- $1 tenant
-- Locks: a lock of its own for the tenant, to the end of the transaction.
SELECT pg_try_advisory_xact_lock(hashtextextended('cells ' || $1::uuid, 0));
