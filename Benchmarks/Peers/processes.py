"""Processor time and memory of processes, as Linux counts them."""

import os
import signal
import threading
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    found = [root]
    for pid in found:
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except OSError:
            continue  # The process has ended.
        for thread in threads:
            try:
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
            except OSError:
                pass
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Processor time of processes and of those children of theirs that have ended."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / TICK


def memory_mb(pids: list[int]) -> tuple[float, float]:
    """Proportional and resident set sizes, each summed up."""
    pss = rss = 0.0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            rss += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_MB
        except OSError:
            continue
        pss += sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
    return pss, rss


def kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class MemoryWatch(threading.Thread):
    """Records the largest sums inside the `with` block; `pids` returns the measured processes."""

    SECONDS = 0.25

    def __init__(self, pids):
        super().__init__(daemon=True)
        self.pids = pids
        self.pss_mb = self.rss_mb = 0.0
        self.ended = threading.Event()

    def run(self):
        while True:
            pss, rss = memory_mb(self.pids())
            self.pss_mb, self.rss_mb = max(self.pss_mb, pss), max(self.rss_mb, rss)
            if self.ended.wait(self.SECONDS):
                return

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()
