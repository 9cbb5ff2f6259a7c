"""The parsers that are compared: the sandbox, and others that need no download at run time."""

import array
import contextlib
import importlib.util
import io
import os
import resource
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path


class Sandbox:
    """The served sandbox, as a parse-worker runs it: one child per document."""

    def __init__(self, program, pdfium):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [program, "--serve", "--pdfium", pdfium], stdin=theirs.fileno())
        theirs.close()
        self.socket = ours

    def parse(self, path: Path):
        status, their_status = socket.socketpair()
        (output, their_output), (report, their_report) = os.pipe(), os.pipe()
        with path.open("rb") as document:
            descriptors = [document.fileno(), their_output, their_report, their_status.fileno()]
            self.socket.sendmsg([b"pdf"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                           array.array("i", descriptors))])
        os.close(their_output)
        os.close(their_report)
        their_status.close()
        ignored = threading.Thread(target=read_all, args=(report,))
        ignored.start()
        text = read_all(output).decode("utf-8", "replace")
        ignored.join()
        status.recv(4)
        status.close()
        return text

    def processor_seconds(self):
        """Of the children so far: the server waits for them."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.socket.close()
        self.process.wait()


def read_all(descriptor):
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


class Poppler:
    def parse(self, path):
        return subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True,
                              text=True).stdout

    def processor_seconds(self):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def close(self):
        pass


class Library:
    """A Python package in this process."""

    def __init__(self, parse):
        self.parse = parse

    def processor_seconds(self):
        return time.process_time()

    def close(self):
        pass


def markitdown():
    from markitdown import MarkItDown

    converter = MarkItDown()
    return Library(lambda path: converter.convert(str(path)).markdown)


def pymupdf4llm():
    import pymupdf4llm

    def parse(path):
        # It prints messages, which do not belong in the table.
        with contextlib.redirect_stdout(io.StringIO()):
            return pymupdf4llm.to_markdown(str(path), show_progress=False)

    return Library(parse)


def available(program, pdfium, with_others):
    """Constructors by name."""
    parsers = {"Millrace": lambda: Sandbox(program, pdfium)}
    if not with_others:
        return parsers
    if shutil.which("pdftotext"):
        parsers["pdftotext"] = Poppler
    for name, make in (("markitdown", markitdown), ("pymupdf4llm", pymupdf4llm)):
        if importlib.util.find_spec(name):
            parsers[name] = make
    return parsers
