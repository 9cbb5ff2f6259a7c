"""What all sides share: the PostgreSQL server and the embedding server."""

import json
import os
import socket
import subprocess
import time
import urllib.request
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

import processes


class Postgres:
    def __init__(self, url: str):
        self.url = url
        self.admin = psycopg.connect(url, autocommit=True)
        # A server process descends from the postmaster.
        with open(f"/proc/{self.admin.info.backend_pid}/stat") as file:
            self.postmaster = int(file.read().rpartition(")")[2].split()[1])

    @property
    def version(self) -> str:
        vector = self.admin.execute(
            "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone()
        number = self.admin.execute("SHOW server_version").fetchone()
        return f"PostgreSQL {number[0].split()[0]} with pgvector {vector[0]}"

    @contextmanager
    def database(self):
        """A new database that exists for the duration of the block."""
        name = f"peers_{uuid.uuid4().hex[:8]}"
        self.admin.execute(f"CREATE DATABASE {name}")
        url = urlsplit(self.url)._replace(path=f"/{name}").geturl()
        try:
            with psycopg.connect(url) as connection:
                connection.execute("CREATE EXTENSION vector")
            self.admin.execute("CHECKPOINT")
            yield url
        finally:
            self.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(processes.tree(self.postmaster))


class EmbeddingServer:
    """mock-services, which responds immediately or after a given time and counts the requests."""

    def __init__(self, programs: str):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [f"{programs}/mock-services", "--log-level", "error"],
            env=os.environ | {"MILLRACE_HTTP_PORT": str(port)},
        )
        for _ in range(100):
            try:
                self.ask("/mock/health")
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("mock-services does not respond")

    @property
    def url(self) -> str:
        return f"{self.base}/v1"

    def ask(self, path: str, orders: dict | None = None) -> dict:
        data = json.dumps(orders).encode() if orders else None
        request = urllib.request.Request(
            self.base + path, data=data, method="PUT" if orders else "GET"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def delay(self, milliseconds: int) -> None:
        self.ask("/mock/faults", {"faults": "", "latency_ms": milliseconds})

    def counts(self) -> tuple[int, int]:
        """Requests and embedded texts since it started."""
        counts = self.ask("/mock/counts").get("embeddings", {})
        return counts.get("calls", 0), counts.get("units", 0)

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds([self.process.pid])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
