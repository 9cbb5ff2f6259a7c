-- Tries to lock a tenant's cells for maintenance. Returns false while another transaction has them.
-- $1 tenant
-- Locks: an advisory lock for the tenant, until the transaction ends.
-- Index: none.
SELECT pg_try_advisory_xact_lock(hashtextextended('cells ' || $1::uuid, 0));
