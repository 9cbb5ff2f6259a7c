-- R5: rows that break an invariant, at most 100 of each: (invariant, subject, detail).
-- Jobs are looked at for an hour after they finish, so that the cost follows the rate of work and
-- not the age of the installation.
-- Locks: none. Index: upload_jobs_finished, events_of_job, document_chunks_pkey.
WITH finished AS (
    SELECT * FROM upload_pipeline.upload_jobs
    WHERE finished_at > statement_timestamp() - interval '1 hour'
), embedded AS (
    SELECT * FROM finished WHERE stage = 'embedded' AND state = 'done'
)
(SELECT 'every_chunk_searchable', job_id::text,
        format('planned %s, found %s, ords %s to %s', expected_chunks, found, low, high)
 FROM embedded j, LATERAL (
    SELECT count(*) AS found, min(chunk_ord) AS low, max(chunk_ord) AS high
    FROM upload_pipeline.document_chunks c
    WHERE c.document_id = j.document_id AND c.generation = j.generation) AS chunks
 WHERE found <> expected_chunks OR low <> 0 OR high <> expected_chunks - 1
 LIMIT 100)
UNION ALL
(SELECT 'no_buffer_rows_of_finished_jobs', job_id::text, 'vectors or texts are still buffered'
 FROM embedded j
 WHERE EXISTS (SELECT FROM upload_pipeline.document_vector_buffer b
               WHERE b.document_id = j.document_id AND b.generation = j.generation)
    OR EXISTS (SELECT FROM upload_pipeline.document_chunk_buffer b
               WHERE b.document_id = j.document_id AND b.generation = j.generation)
 LIMIT 100)
UNION ALL
(SELECT 'events_replay_to_the_row', job_id::text, 'the last event is not where the job stands'
 FROM finished j
 WHERE NOT EXISTS (
    SELECT FROM (
        SELECT payload FROM upload_pipeline.events e
        WHERE e.job_id = j.job_id ORDER BY event_id DESC LIMIT 1) AS newest
    WHERE newest.payload ->> 'to_stage' = j.stage AND newest.payload ->> 'to_state' = j.state)
 LIMIT 100)
UNION ALL
(SELECT 'one_generation_visible', document_id::text,
        format('%s generations', count(DISTINCT generation))
 FROM upload_pipeline.document_chunks
 WHERE document_id IN (SELECT document_id FROM embedded)
 GROUP BY document_id HAVING count(DISTINCT generation) > 1
 LIMIT 100)
UNION ALL
(SELECT 'every_document_has_a_job', d.document_id::text, 'no job'
 FROM upload_pipeline.documents d
 LEFT JOIN upload_pipeline.upload_jobs j USING (document_id)
 WHERE j.job_id IS NULL
 LIMIT 100)
UNION ALL
(SELECT 'claims_end', job_id::text, 'lease expired at ' || lease_until
 FROM upload_pipeline.upload_jobs
 WHERE state = 'working' AND lease_until < statement_timestamp() - interval '10 minutes'
 LIMIT 100);
