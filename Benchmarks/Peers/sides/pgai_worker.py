"""pgai's vectorizer: a table of documents, a trigger that queues its rows, and the worker.

`Worker` is what `pgai vectorizer worker --once --concurrency N` runs; used from Python, as its
documentation shows, so that the time of its imports is not counted.
"""

import os
from pathlib import Path

import numpy  # noqa: F401 - the worker would import it with its first batch
import pgai
import psycopg
import tiktoken
from pgai.vectorizer import Worker

PACKAGES = ("pgai", "openai", "psycopg")
KEEPS = "all rows and their queue; batches at work are embedded again by the next worker"
STORED = "SELECT name, chunk FROM documents_chunks_store"

BATCH_DOCUMENTS = 50
CONCURRENCY = 5


async def prepare(task):
    os.environ["OPENAI_API_KEY"] = "none"
    # pgai ships the tokenizer's ranks for its container image; elsewhere they would be downloaded.
    ranks = Path(pgai.__file__).parent / "vectorizer" / "tiktoken_cache"
    os.environ["TIKTOKEN_CACHE_DIR"] = str(ranks)
    tiktoken.encoding_for_model(task.model)
    pgai.install(task.database)
    with psycopg.connect(task.database) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS documents (name text PRIMARY KEY, contents text NOT NULL)"
        )
        connection.execute(
            f"""
            SELECT ai.create_vectorizer(
                'documents'::regclass, name => 'documents', if_not_exists => true,
                loading => ai.loading_column('contents'),
                embedding => ai.embedding_openai(
                    '{task.model}', {task.width}, base_url => '{task.embeddings}'),
                chunking => ai.chunking_recursive_character_text_splitter(
                    {task.chunk_characters}, 0),
                processing => ai.processing_default(batch_size => {BATCH_DOCUMENTS}),
                destination => ai.destination_table('documents_chunks'))
            """
        )


async def ingest(task):
    with psycopg.connect(task.database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fresh (name text, contents text)")
        with cursor.copy("COPY fresh FROM STDIN") as copy:
            for path in sorted(Path(task.documents).iterdir()):
                copy.write_row((path.name, path.read_text()))
        cursor.execute("INSERT INTO documents SELECT * FROM fresh ON CONFLICT DO NOTHING")
    failure = await Worker(task.database, once=True, concurrency=CONCURRENCY).run()
    if failure is not None:
        raise failure
