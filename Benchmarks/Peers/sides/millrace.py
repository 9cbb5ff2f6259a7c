"""Millrace as its local cluster runs it, with one process per program.

Uses the slots that its README recommends for small documents, and defaults otherwise. Time begins
with the first upload and ends with the last job. This process represents the clients that upload:
its processor time is reported separately.
"""

import asyncio
import socket
import subprocess
import urllib.request
from pathlib import Path

import psycopg

PACKAGES = ()
KEEPS = "every acknowledged upload and every batch of vectors; leases end, and the work goes on"
STORED = """
    SELECT filename, text FROM upload_pipeline.document_chunks
    JOIN upload_pipeline.documents USING (document_id)
"""
IS_CLIENT = True

PROGRAMS = (
    "embedded-broker ingest-api parse-worker chunk-worker embed-worker flusher reconciler".split()
)
UPLOADS = 16
SETTLE_SECONDS = 6


async def prepare(task):
    global http
    broker, http = free_port(), free_port()
    blobs = Path(task.state, "blobs")
    blobs.mkdir(exist_ok=True)
    environment = {
        "PATH": "/usr/bin:/bin",
        "MILLRACE_LOG_LEVEL": "warning",
        "MILLRACE_POSTGRES_URL": task.database,
        "MILLRACE_KAFKA_BROKERS": f"127.0.0.1:{broker}",
        "MILLRACE_BROKER_PORT": str(broker),
        "MILLRACE_HTTP_PORT": str(http),
        "MILLRACE_ANONYMOUS_TENANT": "00000000-0000-4000-8000-000000000001",
        "MILLRACE_BLOB_ROOT": str(blobs),
        "MILLRACE_CL100K_PATH": f"{task.runtime}/cl100k/cl100k_base.tiktoken",
        "MILLRACE_SLOTS": "256",
        "MILLRACE_EMBEDDER": "openai",
        "MILLRACE_OPENAI_BASE_URL": task.embeddings,
        "MILLRACE_OPENAI_MODEL": task.model,
    }
    migrate = [f"{task.programs}/millrace", "migrate"]
    subprocess.run(migrate, env=environment, check=True)
    for program in PROGRAMS:
        admin = free_port()
        command = [f"{task.programs}/{program}", "--admin-port", str(admin)]
        subprocess.Popen(command, env=environment)
        await until_ready(admin)
    # Until all have joined their groups, because the start is not measured.
    await asyncio.sleep(SETTLE_SECONDS)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


async def until_ready(port):
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise TimeoutError("a program is not ready after 30 seconds")


async def ingest(task):
    paths = iter(sorted(Path(task.documents).iterdir()))
    async with asyncio.TaskGroup() as group:
        for _ in range(UPLOADS):
            group.create_task(upload(paths))
    async with await psycopg.AsyncConnection.connect(task.database, autocommit=True) as connection:
        while await open_jobs(connection):
            await asyncio.sleep(0.1)


async def upload(paths):
    """Uploads one file after the other over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", http)
    for path in paths:
        body = path.read_bytes()
        head = (
            f"POST /v1/documents?filename={path.name} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: text/markdown\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        headers = dict(field.split(": ", 1) for field in fields if field)
        answer = await reader.readexactly(int(headers["content-length"]))
        if status.split()[1] not in ("200", "202"):
            raise RuntimeError(f"{path.name} was refused: {status}: {answer.decode()}")
    writer.close()


async def open_jobs(connection):
    cursor = await connection.execute(
        """
        SELECT count(*) FILTER (WHERE state = 'deadletter'),
            count(*) FILTER (WHERE finished_at IS NULL)
        FROM upload_pipeline.upload_jobs
        """
    )
    dead, others = await cursor.fetchone()
    if dead:
        raise RuntimeError(f"{dead} dead letters")
    return others
