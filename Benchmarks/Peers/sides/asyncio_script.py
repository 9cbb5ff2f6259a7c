"""What a good engineer writes in an afternoon: asyncpg, the OpenAI client, concurrent batches.

A batch of documents is one request and one transaction. What the tables hold is skipped, so the
script may be run again.
"""

import asyncio
import base64
import re
from pathlib import Path

import asyncpg
import numpy
import openai
from pgvector.asyncpg import register_vector

PACKAGES = ("asyncpg", "numpy", "openai", "pgvector")
KEEPS = "finished batches; the rest is unknown until the script is run again"
STORED = "SELECT document, text FROM chunks"

BATCH_DOCUMENTS = 32
IN_FLIGHT = 8


async def prepare(task):
    global client, pool
    client = openai.AsyncOpenAI(base_url=task.embeddings, api_key="none")
    connection = await asyncpg.connect(task.database)
    await connection.execute(
        f"""
        CREATE TABLE IF NOT EXISTS documents (name text PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS chunks (
            document text REFERENCES documents, ord int, text text NOT NULL,
            embedding vector({task.width}) NOT NULL, PRIMARY KEY (document, ord))
        """
    )
    await connection.close()
    pool = await asyncpg.create_pool(
        task.database, min_size=IN_FLIGHT, max_size=IN_FLIGHT, init=register_vector
    )


async def ingest(task):
    known = {row["name"] for row in await pool.fetch("SELECT name FROM documents")}
    paths = [path for path in sorted(Path(task.documents).iterdir()) if path.name not in known]
    batches = iter(
        [paths[at : at + BATCH_DOCUMENTS] for at in range(0, len(paths), BATCH_DOCUMENTS)]
    )

    async def work():
        for batch in batches:
            await store(batch, task)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())


async def store(paths, task):
    chunks = [
        (path.name, order, text)
        for path in paths
        for order, text in enumerate(split(path.read_text(), task.chunk_characters))
    ]
    answer = await client.embeddings.create(
        model=task.model, input=[text for *_, text in chunks], encoding_format="base64"
    )
    vectors = [
        numpy.frombuffer(base64.b64decode(item.embedding), numpy.float32) for item in answer.data
    ]
    async with pool.acquire() as connection, connection.transaction():
        await connection.copy_records_to_table(
            "documents", records=[(path.name,) for path in paths]
        )
        await connection.copy_records_to_table(
            "chunks",
            records=[(*chunk, vector) for chunk, vector in zip(chunks, vectors, strict=True)],
        )


def split(text, size):
    """Packs whole sections into a chunk, and whole paragraphs of a section that is too long."""
    chunks = []
    for section in re.split(r"\n\n(?=## )", text.strip()):
        for part in [section] if len(section) <= size else section.split("\n\n"):
            if chunks and len(chunks[-1]) + 2 + len(part) <= size:
                chunks[-1] += "\n\n" + part
            else:
                chunks.append(part)
    return chunks
