-- Has the search that follows in this transaction planned for its own parameters and along its
-- indexes, whatever the statistics say: a tenant that has just grown is in none of them.
-- Locks: none.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('enable_seqscan', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true);
