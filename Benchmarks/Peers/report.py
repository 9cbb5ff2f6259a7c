"""Samples as Markdown."""

import os
from statistics import median

from crew import SIDES, Crash, Sample

YARDSTICK, OURS = "asyncio script", "Millrace"

INTRODUCTION = """\
# Millrace and its alternatives

Written by `scripts/bench-peers` (TURNS={turns} DOCUMENTS={documents}): medians, the sides in
turns, on a machine of {cores} cores, which PostgreSQL and the embedding server share with the running
side. How each side is used, and why that is fair:
[Benchmarks/Peers](../../Benchmarks/Peers/README.md).

{documents:,} Markdown documents of {bytes_each} bytes. {postgres},
default settings, fsync on, a fresh database each time; no index on the peers' chunks, on
Millrace's those that its search uses. Embeddings of 1,536 numbers by `mock-services`. Time runs
from the first document read or uploaded until all can be searched; starting is not counted.
"""

NOTES = """\
CPU is of the side's own processes and of PostgreSQL's; the embedding server's is in brackets and
does not count. Memory is the largest sum over the side's own processes, without PostgreSQL: of
proportional set sizes (PSS), and of resident set sizes (RSS), which count a shared page once for
each process."""

CLIENT_NOTE = """ \
The client that uploads to Millrace needed another {seconds:.2f} CPU s per 1,000 chunks."""

KILLS = """\
All processes of a side are killed when half of its chunks can be searched, at {latency} ms a
request, and started again as its user would, with the same {documents} documents. *Paid again* are
texts that were embedded in addition to those of a run without a crash; the seconds are from the restart
to the end.
"""


class Report:
    def __init__(self, samples: list[Sample], crashes: list[Crash]):
        self.samples = samples
        self.crashes = {crash.side: crash for crash in crashes}
        self.latencies = sorted({sample.latency_ms for sample in samples})
        ran = {sample.side for sample in samples}
        self.sides = [side.name for side in SIDES if side.name in ran]

    def text(self, versions: dict[str, dict[str, str]], postgres: str, document_bytes: int) -> str:
        documents = self.samples[0].documents
        parts = [
            INTRODUCTION.format(
                turns=len(self.of(self.sides[0], self.latencies[0])),
                documents=documents,
                cores=os.cpu_count(),
                bytes_each=f"{document_bytes // documents:,}",
                postgres=postgres,
            )
        ]
        for latency in self.latencies:
            parts += [f"## {latency} ms a request\n", self.speeds(latency)]
        parts += [self.notes, "## What each splitter makes\n", self.splits]
        if self.crashes:
            parts += ["## After a SIGKILL\n", self.kills]
        if OURS in self.sides:
            parts += ["## The goals\n", self.goals]
        parts.append("## Versions\n")
        for side, packages in versions.items():
            numbers = ", ".join(f"{name} {number}" for name, number in packages.items())
            parts.append(f"- {side}: {numbers or 'of this repository'}")
        return "\n".join(parts) + "\n"

    def of(self, side: str, latency: int) -> list[Sample]:
        """In the order of turns."""
        return [each for each in self.samples if (each.side, each.latency_ms) == (side, latency)]

    def ratio(self, side: str, other: str, latency: int) -> float:
        """Of chunks a second: the median of the ratios within each turn."""
        pairs = zip(self.of(side, latency), self.of(other, latency), strict=True)
        return median(chunk_rate(mine) / chunk_rate(theirs) for mine, theirs in pairs)

    def speeds(self, latency: int) -> str:
        rows = []
        for side in self.sides:
            found = self.of(side, latency)
            has_yardstick = YARDSTICK in self.sides
            rows.append(
                [
                    side,
                    f"{median(each.documents / each.seconds for each in found):,.0f}",
                    f"{median(map(chunk_rate, found)):,.0f}",
                    f"{self.ratio(side, YARDSTICK, latency):.2f}" if has_yardstick else "",
                    f"{median(map(cpu, found)):.2f}",
                    f"{median(1000 * each.own_cpu / each.chunks for each in found):.2f}",
                    f"{median(1000 * each.postgres_cpu / each.chunks for each in found):.2f}",
                    f"({median(1000 * each.server_cpu / each.chunks for each in found):.2f})",
                    f"{median(each.pss_mb for each in found):.0f}",
                    f"{median(each.rss_mb for each in found):.0f}",
                    self.after_kill(side),
                ]
            )
        return table(
            "side | documents/s | chunks/s | of the script's | CPU s a 1,000 chunks | its own "
            "| PostgreSQL's | (server's) | PSS MB | RSS MB | after a SIGKILL and a restart",
            rows,
        )

    def after_kill(self, side: str) -> str:
        if side not in self.crashes:
            return ""
        crash = self.crashes[side]
        faults = {
            "partial": crash.partial,
            "lost": crash.missing,
            "chunks doubled": crash.doubled_chunks,
        }
        listed = [f"{count:,} {fault}" for fault, count in faults.items() if count]
        paid = 100 * crash.texts_again / crash.texts
        return f"{', '.join(listed) or 'all there, once'}; {paid:.0f} % paid again"

    @property
    def notes(self) -> str:
        ours = [each for each in self.samples if each.side == OURS]
        if not ours:
            return NOTES + "\n"
        seconds = median(1000 * each.client_cpu / each.chunks for each in ours)
        return NOTES + CLIENT_NOTE.format(seconds=seconds) + "\n"

    @property
    def splits(self) -> str:
        rows = []
        for side in self.sides:
            found = [each for each in self.samples if each.side == side]
            last = found[-1]
            texts = median(each.texts / each.requests for each in found)
            rows.append(
                [side, f"{last.chunks:,}", f"{last.chunk_bytes // last.chunks:,}", f"{texts:.0f}"]
            )
        return table("side | chunks | bytes a chunk | texts a request", rows)

    @property
    def kills(self) -> str:
        first = next(iter(self.crashes.values()))
        rows = [
            [
                crash.side,
                crash.keeps,
                crash.complete_then,
                crash.partial_then,
                crash.complete,
                crash.partial,
                crash.missing,
                crash.doubled_chunks,
                f"{crash.texts_again:,} of {crash.texts:,}",
                f"{crash.seconds:.1f}",
            ]
            for crash in self.crashes.values()
        ]
        introduction = KILLS.format(latency=first.latency_ms, documents=f"{first.documents:,}")
        return (
            introduction
            + "\n"
            + table(
                "side | what it keeps | complete when killed | partial | complete in the end "
                "| partial | lost | chunks doubled | texts paid again | s",
                rows,
            )
        )

    @property
    def goals(self) -> str:
        rows = []

        def judge(latency, what, goal, value, met):
            rows.append([latency, what, goal, f"{value:.2f}", "yes" if met else "no"])

        for latency in self.latencies:
            ours = self.of(OURS, latency)
            if YARDSTICK in self.sides:
                value = self.ratio(OURS, YARDSTICK, latency)
                judge(latency, "chunks/s, of the script's", "≥ 0.6", value, value >= 0.6)
            if others := [side for side in self.sides if side not in (OURS, YARDSTICK)]:
                value = min(self.ratio(OURS, other, latency) for other in others)
                judge(latency, "chunks/s, of the best other's", "≥ 10", value, value >= 10)
            value = median(map(cpu, ours))
            judge(latency, "CPU ms a chunk", "≤ 0.3", value, value <= 0.3)
            value = median(each.pss_mb for each in ours)
            judge(latency, "MB in all (PSS)", "≤ 150", value, value <= 150)
        return table("ms a request | what | goal | measured | met", rows)


def chunk_rate(sample: Sample) -> float:
    return sample.chunks / sample.seconds


def cpu(sample: Sample) -> float:
    """Seconds a thousand chunks, or milliseconds a chunk."""
    return 1000 * (sample.own_cpu + sample.postgres_cpu) / sample.chunks


def table(header: str, rows: list[list]) -> str:
    columns = header.split(" | ")
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)
