"""Renders known documents as PDF, by Chromium and LibreOffice, in several designs."""

import html
import subprocess
from pathlib import Path

BASE = """
body { font: 10.5pt 'DejaVu Serif', serif; line-height: 1.35; }
h1 { font-size: 20pt } h2 { font-size: 15pt } h3 { font-size: 12.5pt }
table { border-collapse: collapse; margin: 8pt 0; font-size: 9.5pt }
td, th { padding: 3pt 7pt; text-align: left; vertical-align: top }
tr { break-inside: avoid } pre { font: 9pt 'DejaVu Sans Mono', monospace }
@page { size: A4; margin: 20mm }
"""
DESIGNS = {
    "ruled": "td, th { border: 0.75pt solid #444 }",
    "booktabs": """thead { border-top: 1.2pt solid; border-bottom: 0.6pt solid }
        tbody { border-bottom: 1.2pt solid } td { text-align: right }
        td:first-child { text-align: left }""",
    "striped": """th { background: #357; color: #fff }
        tbody tr:nth-child(odd) { background: #e8eef4 }""",
    "open": "td, th { padding: 3pt 14pt }",
    "columns": """body { columns: 2; column-gap: 8mm; font-size: 9pt; text-align: justify }
        table { font-size: 6pt; break-inside: avoid; width: 100% }
        td, th { border-bottom: 0.5pt solid #999; padding: 2pt; overflow-wrap: anywhere }""",
}
"""CSS of each design that Chromium renders."""
OFFICE_DESIGNS = {"office ruled": 1, "office open": 0}
"""Border width of the tables that LibreOffice renders."""


def block_html(block, border=0):
    text = html.escape(block.text)
    if block.kind == "heading":
        return f"<h{block.level}>{text}</h{block.level}>"
    if block.kind == "item":
        start = f' start="{block.ordinal}"' if block.ordinal else ""
        tag = "ol" if block.ordinal else "ul"
        return f"<{tag}{start}><li>{text}</li></{tag}>"
    if block.kind == "code":
        return f"<pre>{text}</pre>"
    if block.kind == "table":
        head, *rows = block.rows
        body = "".join(table_row(row, "td") for row in rows)
        attributes = f'border="{border}" cellpadding="4" cellspacing="0"'
        head = f"<thead>{table_row(head, 'th')}</thead>"
        return f"<table {attributes}>{head}<tbody>{body}</tbody></table>"
    return f"<p>{text}</p>"


def table_row(cells, tag):
    return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"


def page(truth, css, border=0):
    body = "".join(block_html(block, border) for block in truth.blocks)
    head = f"<meta charset=utf-8><style>{BASE}{css}</style>"
    return f"<!doctype html><html><head>{head}</head><body>{body}"


def render(truths, folder: Path):
    """Renders each document in each design; returns pairs of a document and its PDF's path."""
    made, office = [], []
    for truth in truths:
        for design, css in DESIGNS.items():
            path = folder / f"{truth.name} {design}.html"
            path.write_text(page(truth, css), encoding="utf-8")
            chromium(path)
            made.append((truth, path.with_suffix(".pdf"), design))
        for design, border in OFFICE_DESIGNS.items():
            path = folder / f"{truth.name} {design}.html"
            path.write_text(page(truth, "", border), encoding="utf-8")
            office.append(path)
            made.append((truth, path.with_suffix(".pdf"), design))
    libreoffice(office, folder)
    return [entry for entry in made if entry[1].exists()]


def chromium(path: Path):
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--print-to-pdf={path.with_suffix('.pdf')}", path.as_uri()],
        check=True, capture_output=True, timeout=120)


def libreoffice(paths, folder: Path):
    if not paths:
        return
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder), *map(str, paths)],
        check=True, capture_output=True, timeout=1200)
