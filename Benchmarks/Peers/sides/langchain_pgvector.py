"""LangChain: RecursiveCharacterTextSplitter and PGVector, batches added at once.

PGVector inserts a batch by one statement; its successor PGVectorStore commits row by row. Chunks
have ids of their own, so a second run replaces what a first one left.
"""

import asyncio
from pathlib import Path

from langchain_core.documents import Document
from langchain_openai import OpenAIEmbeddings
from langchain_postgres import PGVector
from langchain_text_splitters import RecursiveCharacterTextSplitter

PACKAGES = ("langchain-postgres", "langchain-openai", "langchain-text-splitters", "sqlalchemy")
KEEPS = "finished batches, and no note of which; the next run embeds all again"
STORED = "SELECT cmetadata->>'source', document FROM langchain_pg_embedding"

BATCH_DOCUMENTS = 50
IN_FLIGHT = 4


async def prepare(task):
    global splitter, store
    splitter = RecursiveCharacterTextSplitter(chunk_size=task.chunk_characters, chunk_overlap=0)
    embeddings = OpenAIEmbeddings(
        model=task.model,
        base_url=task.embeddings,
        api_key="none",
        # As documented for servers other than OpenAI's own: texts are sent, not tokens.
        check_embedding_ctx_length=False,
    )
    store = PGVector(
        embeddings,
        connection=task.database.replace("postgresql://", "postgresql+psycopg://"),
        collection_name="documents",
        embedding_length=task.width,
        async_mode=True,
    )
    await store.acreate_tables_if_not_exists()
    await store.acreate_collection()


async def ingest(task):
    paths = sorted(Path(task.documents).iterdir())
    batches = iter(
        [paths[at : at + BATCH_DOCUMENTS] for at in range(0, len(paths), BATCH_DOCUMENTS)]
    )

    async def work():
        for batch in batches:
            documents = [
                Document(path.read_text(), metadata={"source": path.name}) for path in batch
            ]
            chunks = splitter.split_documents(documents)
            await store.aadd_documents(chunks, ids=ids_of(chunks))

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())


def ids_of(chunks):
    """As in 00001.md:3."""
    counts = {}
    ids = []
    for chunk in chunks:
        source = chunk.metadata["source"]
        counts[source] = counts.get(source, -1) + 1
        ids.append(f"{source}:{counts[source]}")
    return ids
