-- Makes the server plan the search that follows in this transaction for its own parameters and with
-- indexes, because the statistics do not yet cover a tenant that has just grown. Suppresses the
-- notice that a phrase has only stop words.
-- Locks: none.
-- Index: none.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_seqscan', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('client_min_messages', 'warning', true);
