"""LlamaIndex: IngestionPipeline.arun with a splitter, embeddings, PGVectorStore and a docstore.

The docstore in PostgreSQL is what lets a second run skip what a first one finished. A call stores
nothing before all of its documents are embedded, so documents are given to it in batches.
"""

from pathlib import Path

from llama_index.core import Document
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.storage.docstore.postgres import PostgresDocumentStore
from llama_index.storage.kvstore.postgres import PostgresKVStore
from llama_index.vector_stores.postgres import PGVectorStore
from sqlalchemy import make_url

PACKAGES = (
    "llama-index-core",
    "llama-index-embeddings-openai",
    "llama-index-vector-stores-postgres",
    "llama-index-storage-docstore-postgres",
)
KEEPS = "finished batches; a kill between its two stores leaves one that the next run doubles"
STORED = "SELECT metadata_->>'ref_doc_id', text FROM data_chunks"

BATCH_DOCUMENTS = 100
EMBED_BATCH = 100


async def prepare(task):
    global pipeline
    url = make_url(task.database)
    place = dict(
        host=url.host,
        port=str(url.port),
        database=url.database,
        user=url.username,
        password=url.password,
    )
    pipeline = IngestionPipeline(
        transformations=[
            SentenceSplitter(chunk_size=task.chunk_tokens, chunk_overlap=0),
            OpenAIEmbedding(
                model=task.model,
                api_base=task.embeddings,
                api_key="none",
                embed_batch_size=EMBED_BATCH,
                num_workers=8,
            ),
        ],
        vector_store=PGVectorStore.from_params(
            **place, table_name="chunks", embed_dim=task.width, use_jsonb=True
        ),
        docstore=PostgresDocumentStore(
            PostgresKVStore.from_params(**place, table_name="docstore"), batch_size=BATCH_DOCUMENTS
        ),
        docstore_strategy=DocstoreStrategy.UPSERTS,
        # Useful only for running the same texts through the same pipeline object again.
        disable_cache=True,
    )
    # The first query creates the tables.
    pipeline.vector_store.get_nodes(node_ids=["none"])
    await pipeline.docstore.aget_document_hash("none")


async def ingest(task):
    documents = [
        Document(id_=path.name, text=path.read_text())
        for path in sorted(Path(task.documents).iterdir())
    ]
    for at in range(0, len(documents), BATCH_DOCUMENTS):
        await pipeline.arun(documents=documents[at : at + BATCH_DOCUMENTS])
