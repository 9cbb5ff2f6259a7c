"""The published measures of parsed Markdown, each from 0 to 1: NID (reading order), TEDS (tables)
and MHS (headings). OpenDataLoader's benchmark defines them the same way, except that it compares
only the first table of a document. Here each table counts, and each false one."""

import re

from apted import APTED, Config
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

HEADING = re.compile(r"#{1,6}\s+(.*)")
NODES_MAX = 600
"""Larger tables are compared by their first rows, because the distance is slow."""


class Node:
    def __init__(self, tag, text="", children=()):
        self.tag, self.text, self.children = tag, text, list(children)

    def count(self):
        return 1 + sum(child.count() for child in self.children)


class Costs(Config):
    def rename(self, a, b):
        if a.tag != b.tag:
            return 1.0
        return Levenshtein.normalized_distance(a.text, b.text)


def similarity(a, b):
    distance = APTED(a, b, Costs()).compute_edit_distance()
    return max(0.0, 1 - distance / max(a.count(), b.count(), 1))


def plain(text):
    """Without emphasis, marks of code and escapes, which parsers add in different ways."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<br\s*/?>|&nbsp;", " ", text)
    text = re.sub(r"[*`]|\\(?=[^\w\s])|(?<!\w)_|_(?!\w)", "", text)
    return re.sub(r"\s+", " ", text).strip()


def cells(line):
    line = line.replace("\f", " ").strip()
    if "|" not in line:
        return None
    parts = re.split(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|"))
    return [plain(part.replace("\\|", "|")) for part in parts]


def is_rule(row):
    return bool(row) and all(re.fullmatch(r":?-+:?", cell) for cell in row)


def split(markdown):
    """The lines outside tables, and the tables."""
    lines, tables, at = [], [], 0
    source = markdown.split("\n")
    while at < len(source):
        head = cells(source[at])
        rule = cells(source[at + 1]) if at + 1 < len(source) else None
        if not head or not is_rule(rule):
            lines.append(source[at])
            at += 1
            continue
        rows, at = [head], at + 2
        while at < len(source) and cells(source[at]):
            rows.append(cells(source[at]))
            at += 1
        tables.append([row for row in rows if any(row)])
        lines += ["<table>" + " ".join(" ".join(row) for row in rows) + "</table>"]
    return lines, tables


def table_tree(rows):
    rows = rows[: max(2, NODES_MAX // (len(rows[0]) + 1))]
    return Node("table", children=[
        Node("tr", children=[Node("td", cell) for cell in row]) for row in rows])


def teds(truth, parsed):
    """Mean over the tables in their order, of which false ones score 0; None without tables."""
    _, wanted = split(truth)
    _, found = split(parsed)
    if not wanted:
        return None
    best = [[0.0] * (len(found) + 1) for _ in range(len(wanted) + 1)]
    for i, a in enumerate(wanted):
        for j, b in enumerate(found):
            pair = best[i][j] + (similarity(table_tree(a), table_tree(b)) if b else 0)
            best[i + 1][j + 1] = max(pair, best[i][j + 1], best[i + 1][j])
    return best[-1][-1] / max(len(wanted), len(found))


def false_tables(truth, parsed):
    return max(0, len(split(parsed)[1]) - len(split(truth)[1]))


def nid(truth, parsed):
    a, b = (plain(" ".join(split(text)[0]).replace("<table>", " ").replace("</table>", " "))
            for text in (truth, parsed))
    return fuzz.ratio(a, b) / 100


def heading_tree(markdown):
    root = Node("document")
    at, pending = root, []

    def flush():
        text = plain(" ".join(pending))
        if text:
            at.children.append(Node("content", text))
        pending.clear()

    for line in split(markdown)[0]:
        match = HEADING.match(line.strip("\f"))
        if match:
            flush()
            at = Node("heading", plain(match[1]))
            root.children.append(at)
        else:
            pending.append(line)
    flush()
    return root


def mhs(truth, parsed):
    wanted, found = heading_tree(truth), heading_tree(parsed)
    if not any(child.tag == "heading" for child in wanted.children):
        return None
    if not any(child.tag == "heading" for child in found.children):
        return 0.0
    return similarity(wanted, found)
