"""Compares Millrace with its alternatives, in turns; see README.md.

Needs MILLRACE_TEST_POSTGRES_URL, as `millrace with-postgres` gives it; scripts/bench-peers does
all that.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

import documents
from crew import SIDES, Crash, Host, Sample, Side, stored
from host import Task
from processes import MemoryWatch, cpu_seconds
from report import Report
from servers import EmbeddingServer, Postgres


class Comparison:
    def __init__(self, arguments, postgres: Postgres, embeddings: EmbeddingServer, scratch: Path):
        self.arguments = arguments
        self.postgres = postgres
        self.embeddings = embeddings
        self.scratch = scratch
        self.document_bytes = documents.write(scratch / "documents", arguments.documents)
        self.versions: dict[str, dict[str, str]] = {}
        self.splits: dict[str, dict[str, Counter]] = {}

    @contextmanager
    def task(self, latency_ms: int):
        """A fresh database and folder.

        The folder is kept until the end: ext4 without a journal looks for minutes at each inode
        freed before it gives another out, which a side that keeps files would pay for.
        """
        self.embeddings.delay(latency_ms)
        state = Path(tempfile.mkdtemp(dir=self.scratch))
        with self.postgres.database() as database:
            yield Task(
                database=database,
                embeddings=self.embeddings.url,
                documents=str(self.scratch / "documents"),
                state=str(state),
                programs=self.arguments.programs,
                runtime=self.arguments.runtime,
            )

    @contextmanager
    def host(self, side: Side, task: Task):
        log = self.arguments.logs / f"{side.module}.log"
        host = Host(side, task, self.arguments.environments, log)
        self.versions[side.name] = host.versions
        try:
            yield host
        finally:
            host.kill()

    def measure(self, side: Side, latency_ms: int) -> Sample:
        with self.task(latency_ms) as task, self.host(side, task) as host:
            before = self.meters(host)
            with MemoryWatch(lambda: host.pids) as memory:
                start = time.monotonic()
                host.go()
                host.wait_for("done")
                seconds = time.monotonic() - start
            own, postgres, client, server, requests, texts = (
                after - earlier for after, earlier in zip(self.meters(host), before, strict=True)
            )
            found = stored(task.database, host.stored)
        if len(found) != self.arguments.documents:
            raise RuntimeError(
                f"{side.name}: {len(found)} of {self.arguments.documents} documents"
            )
        self.splits[side.name] = found
        return Sample(
            side=side.name,
            latency_ms=latency_ms,
            seconds=seconds,
            documents=len(found),
            chunks=sum(chunks.total() for chunks in found.values()),
            chunk_bytes=sum(
                len(text.encode()) * count
                for chunks in found.values()
                for text, count in chunks.items()
            ),
            requests=requests,
            texts=texts,
            own_cpu=own,
            postgres_cpu=postgres,
            client_cpu=client,
            server_cpu=server,
            pss_mb=memory.pss_mb,
            rss_mb=memory.rss_mb,
        )

    def meters(self, host: Host) -> list[float]:
        """Processor seconds of the side, PostgreSQL, the client and the embedding server; then the
        requests and texts that the last was asked for."""
        return [
            cpu_seconds(host.pids),
            self.postgres.cpu_seconds(),
            cpu_seconds(host.client),
            self.embeddings.cpu_seconds(),
            *self.embeddings.counts(),
        ]

    def wait_for(self, chunks: int, task: Task, host: Host) -> None:
        """Waits until this number of chunks can be searched."""
        count = f"SELECT count(*) FROM ({host.stored}) AS stored"
        with psycopg.connect(task.database, autocommit=True) as connection:
            while connection.execute(count).fetchone()[0] < chunks:
                if not host.is_alive:
                    raise RuntimeError(f"the side has ended; see {host.log}")
                time.sleep(0.01)

    def crash(self, side: Side, latency_ms: int, texts: int) -> Crash:
        """Kills all processes of a side halfway and restarts it as its user would.

        - Parameter texts: what it has embedded in a life without a crash.
        """
        split = self.splits[side.name]
        _, first = self.embeddings.counts()
        with self.task(latency_ms) as task:
            with self.host(side, task) as host:
                host.go()
                chunks = sum(texts.total() for texts in split.values())
                self.wait_for(chunks // 2, task, host)
            # PostgreSQL and the embedding server finish their current work.
            time.sleep(1)
            then = compare(stored(task.database, host.stored), split)
            with self.host(side, task) as host:
                start = time.monotonic()
                host.go()
                host.wait_for("done")
                seconds = time.monotonic() - start
            end = compare(stored(task.database, host.stored), split)
        _, last = self.embeddings.counts()
        return Crash(
            side=side.name,
            latency_ms=latency_ms,
            keeps=host.keeps,
            documents=len(split),
            complete_then=then.complete,
            partial_then=then.partial,
            complete=end.complete,
            partial=end.partial,
            missing=end.missing,
            doubled_chunks=end.doubled_chunks,
            seconds=seconds,
            texts=texts,
            texts_again=last - first - texts,
        )


@dataclass
class Difference:
    complete: int = 0
    partial: int = 0
    missing: int = 0
    doubled_chunks: int = 0


def compare(found: dict[str, Counter], split: dict[str, Counter]) -> Difference:
    """Documents by what is there of the chunks that they should have."""
    difference = Difference()
    for name, wanted in split.items():
        chunks = found.get(name, Counter())
        difference.doubled_chunks += (chunks - wanted).total()
        if not wanted - chunks:
            difference.complete += 1
        elif chunks:
            difference.partial += 1
        else:
            difference.missing += 1
    return difference


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=os.path.abspath, default=".build/release")
    parser.add_argument("--runtime", type=os.path.abspath, default=".millrace/runtime")
    parser.add_argument("--environments", type=Path, default=Path(".millrace/peers"))
    parser.add_argument("--logs", type=Path, default=Path(".millrace/logs/peers"))
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--latencies", type=int, nargs="*", default=[0, 50], metavar="MS")
    parser.add_argument("--only", nargs="*", default=[""], help="parts of the names of sides")
    parser.add_argument("--no-crash", action="store_true", help="skip the kills")
    parser.add_argument("--output", type=Path, help="file of the report; it is printed too")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    # So that all started processes are stopped as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments.logs.mkdir(parents=True, exist_ok=True)
    sides = [side for side in SIDES if any(part in side.name for part in arguments.only)]
    postgres = Postgres(os.environ["MILLRACE_TEST_POSTGRES_URL"])
    embeddings = EmbeddingServer(arguments.programs)
    scratch = Path(tempfile.mkdtemp(prefix="peers-", dir="/var/tmp"))
    try:
        comparison = Comparison(arguments, postgres, embeddings, scratch)
        samples, crashes = run(comparison, sides)
    finally:
        embeddings.stop()
        shutil.rmtree(scratch)
    raw = arguments.environments / "results.json"
    raw.write_text(json.dumps([asdict(each) for each in samples + crashes], indent=1))
    text = Report(samples, crashes).text(
        comparison.versions, postgres.version, comparison.document_bytes
    )
    print(text)
    if arguments.output:
        arguments.output.write_text(text)


def run(comparison: Comparison, sides: list[Side]) -> tuple[list[Sample], list[Crash]]:
    arguments = comparison.arguments
    samples, crashes = [], []
    for turn in range(1, arguments.turns + 1):
        for latency in arguments.latencies:
            for side in sides:
                sample = comparison.measure(side, latency)
                samples.append(sample)
                log(
                    f"turn {turn}, {latency} ms: {side.name}: "
                    f"{sample.chunks / sample.seconds:.0f} chunks/s"
                )
    if not arguments.no_crash:
        latency = arguments.latencies[-1]
        for side in sides:
            texts = [sample.texts for sample in samples if sample.side == side.name][-1]
            crashes.append(comparison.crash(side, latency, texts))
            log(f"killed, {latency} ms: {side.name}: {crashes[-1].texts_again} texts again")
    return samples, crashes


def log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
