"""The sides, a running side, and the results of its run."""

import json
import os
import select
import signal
import subprocess
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

import processes
from host import Task

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Side:
    name: str
    module: str
    environment: str
    """The Python environment with its packages."""


SIDES = [
    Side("asyncio script", "asyncio_script", "asyncio"),
    Side("Millrace", "millrace", "harness"),
    Side("pgai vectorizer worker", "pgai_worker", "pgai"),
    Side("LlamaIndex IngestionPipeline", "llamaindex", "llamaindex"),
    Side("LangChain PGVector", "langchain_pgvector", "langchain"),
]


@dataclass
class Sample:
    """One run of one side. Processor times are in seconds."""

    side: str
    latency_ms: int
    seconds: float
    documents: int
    chunks: int
    chunk_bytes: int
    requests: int
    texts: int
    own_cpu: float
    postgres_cpu: float
    client_cpu: float
    server_cpu: float
    pss_mb: float
    rss_mb: float


@dataclass
class Crash:
    """The result of a side that was killed when half of its chunks existed."""

    side: str
    latency_ms: int
    keeps: str
    documents: int
    complete_then: int
    partial_then: int
    complete: int
    partial: int
    missing: int
    doubled_chunks: int
    seconds: float
    texts: int
    texts_again: int


class Host:
    """The process that runs a side, when it is ready to start."""

    PATIENCE_SECONDS = 1200

    def __init__(self, side: Side, task: Task, environments: Path, log: Path):
        self.log = log
        with log.open("a") as file:
            self.process = subprocess.Popen(
                [environments / side.environment / "bin/python", HERE / "host.py", side.module],
                env=os.environ | {"PEERS_TASK": task.json},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                process_group=0,
            )
        try:
            ready = self.wait_for("ready")
        except BaseException:
            self.kill()
            raise
        self.versions: dict[str, str] = ready["versions"]
        self.stored: str = ready["stored"]
        self.keeps: str = ready["keeps"]
        self.is_client: bool = ready["is_client"]

    def wait_for(self, event: str) -> dict:
        """Waits for an event, which is one line."""
        is_there = select.select([self.process.stdout], [], [], self.PATIENCE_SECONDS)[0]
        line = self.process.stdout.readline() if is_there else ""
        if not line or (words := json.loads(line))["event"] != event:
            raise RuntimeError(f"the event {event} did not arrive; see {self.log}")
        return words

    def go(self) -> None:
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    @property
    def client(self) -> list[int]:
        """The host itself, when it only represents the clients that upload."""
        return [self.process.pid] if self.is_client else []

    @property
    def pids(self) -> list[int]:
        """The processes of the side itself."""
        return [pid for pid in processes.tree(self.process.pid) if pid not in self.client]

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """Kills it and all processes that it started, also those that remained after a failure."""
        processes.kill(processes.tree(self.process.pid))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def stored(database: str, query: str) -> dict[str, Counter]:
    """Texts of the chunks that can be searched, by document."""
    documents = defaultdict(Counter)
    with psycopg.connect(database) as connection:
        for name, text in connection.execute(query):
            documents[name][text] += 1
    return documents
