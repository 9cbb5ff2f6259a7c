"""Measures how well PDFs are parsed; scripts/bench-parse runs it.

Documents with known text, headings and tables are rendered as PDF and parsed back. NID is reading
order, TEDS tables, MHS headings (score.py), each from 0 to 1. A false table is one more than the
document has.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import parsers
import render
import score
import truth


def mean(values):
    values = [value for value in values if value is not None]
    return f"{statistics.fmean(values):.3f}" if values else "–"


def page_count(path):
    found = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True)
    return int(re.search(r"Pages:\s+(\d+)", found.stdout)[1])


def row(name, design, results):
    pages = sum(result["pages"] for result in results)
    milliseconds = 1000 * sum(result["seconds"] for result in results) / pages
    scores = " | ".join(mean(r[k] for r in results) for k in ("nid", "mhs", "teds"))
    false = sum(result["false"] for result in results)
    return f"| {name} | {design} | {len(results)} | {scores} | {false} | {milliseconds:.1f} |"


def measure(name, parser, documents, keep):
    results = defaultdict(list)
    for known, path, design in documents:
        before = parser.processor_seconds()
        parsed = parser.parse(path)
        seconds = parser.processor_seconds() - before
        if keep:
            (keep / f"{path.stem} {name}.md").write_text(parsed, encoding="utf-8")
            (keep / f"{known.name}.truth.md").write_text(known.markdown, encoding="utf-8")
        result = {
            "pages": page_count(path), "seconds": seconds,
            "nid": score.nid(known.markdown, parsed), "mhs": score.mhs(known.markdown, parsed),
            "teds": score.teds(known.markdown, parsed),
            "false": score.false_tables(known.markdown, parsed),
        }
        if keep:
            print(path.stem, name, {k: v for k, v in result.items() if k != "pages"}, flush=True)
        results[design].append(result)
    for design, rows in results.items():
        print(row(name, design, rows))
    print(row(name, "**all**", [r for rows in results.values() for r in rows]), flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sandbox", required=True)
    arguments.add_argument("--pdfium", required=True)
    arguments.add_argument("--markdown", type=Path, nargs="*", default=[],
                           help="Markdown files to render next to the made documents")
    arguments.add_argument("--made", type=int, default=6, help="made documents with tables")
    arguments.add_argument("--only-ours", action="store_true")
    arguments.add_argument("--keep", type=Path, help="folder for the PDFs and the parsed texts")
    options = arguments.parse_args()
    known = [truth.made(seed) for seed in range(options.made)]
    known += [truth.made(seed, with_tables=False) for seed in range(options.made // 2)]
    known += [truth.from_markdown(path) for path in options.markdown]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        documents = render.render(known, folder)
        print("| parser | design | documents | NID | MHS | TEDS | false tables | CPU ms per page |")
        print("|---|---|---|---|---|---|---|---|")
        everyone = parsers.available(options.sandbox, options.pdfium, not options.only_ours)
        for name, make in everyone.items():
            parser = make()
            measure(name, parser, documents, options.keep)
            parser.close()


if __name__ == "__main__":
    main()
