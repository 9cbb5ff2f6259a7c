"""Runs one side in its own Python environment, controlled by the runner.

usage: host.py SIDE, with the task as JSON in PEERS_TASK

A side is a module of `sides/` with

    PACKAGES         names of the packages whose versions are reported
    KEEPS            what is there after a crash, in words
    STORED           a query for all that can be searched: name of the document, text of the chunk
    IS_CLIENT        whether this process only stands for those who upload; false if it is left out
    prepare(task)    makes its tables and connections; not measured
    ingest(task)     takes all documents from files to searchable chunks; measured

Both functions are coroutines, and run again on the same database after a crash.
"""

import asyncio
import importlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version


@dataclass(frozen=True)
class Task:
    database: str
    """URL of a database that contains only pgvector at first."""
    embeddings: str
    """Address of the embedding server, up to /v1."""
    documents: str
    """Folder of the documents."""
    state: str
    """Folder that exists as long as the database."""
    programs: str
    """Folder of Millrace's programs."""
    runtime: str
    """What scripts/install-dependencies installed."""
    model: str = "text-embedding-3-small"
    width: int = 1536
    chunk_tokens: int = 208
    """Largest chunk of splitters that count tokens."""
    chunk_characters: int = 900
    """Largest chunk of splitters that count characters: about the same amount of text."""

    @property
    def json(self) -> str:
        return json.dumps(asdict(self))


async def serve(side, task: Task) -> None:
    # The output of libraries is appended to the log.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def send(**words):
        print(json.dumps(words), file=answers, flush=True)

    await side.prepare(task)
    versions = {package: version(package) for package in side.PACKAGES}
    send(
        event="ready",
        versions=versions,
        stored=side.STORED,
        keeps=side.KEEPS,
        is_client=getattr(side, "IS_CLIENT", False),
    )
    if sys.stdin.readline():
        await side.ingest(task)
        send(event="done")
        sys.stdin.read()


if __name__ == "__main__":
    side = importlib.import_module(f"sides.{sys.argv[1]}")
    asyncio.run(serve(side, Task(**json.loads(os.environ["PEERS_TASK"]))))
