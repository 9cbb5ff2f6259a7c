"""Documents whose text, headings and tables are known: made ones, and Markdown files."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

WORDS = """survey harbour gauge pressure storage review contract delivery quarter maintenance station
engine budget council report estimate vessel permit inspection river bridge railway energy archive
museum garden winter summer region clinic laboratory sample method result standard agreement
notice tenant office department committee school library market supplier invoice transport""".split()
VERBS = "records shows requires covers limits follows replaces improves delays confirms".split()
LINKS = "after before while because although unless".split()


@dataclass
class Block:
    kind: str
    """heading, paragraph, item, code or table"""
    text: str = ""
    level: int = 0
    ordinal: int = 0
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Truth:
    name: str
    blocks: list[Block]

    @property
    def markdown(self):
        return "\n\n".join(block_markdown(block) for block in self.blocks)


def block_markdown(block):
    if block.kind == "heading":
        return f"{'#' * block.level} {block.text}"
    if block.kind == "item":
        return f"{block.ordinal}. {block.text}" if block.ordinal else f"- {block.text}"
    if block.kind == "table":
        lines = [f"| {' | '.join(row)} |" for row in block.rows]
        return "\n".join([lines[0], "|" + " --- |" * len(block.rows[0]), *lines[1:]])
    return block.text


def sentence(random_, least=7, most=18):
    words = [random_.choice(WORDS) for _ in range(random_.randint(least, most))]
    words[1 + random_.randrange(3)] = random_.choice(VERBS)
    if len(words) > 10:
        words[len(words) // 2] = random_.choice(LINKS)
    return f"The {' '.join(words)}."


def paragraph(random_):
    return Block("paragraph", " ".join(sentence(random_) for _ in range(random_.randint(3, 7))))


def figure(random_):
    return random_.choice(
        [
            f"{random_.randint(0, 99)}.{random_.randint(0, 9)}",
            f"{random_.randint(1, 99)},{random_.randint(100, 999)}",
            str(random_.randint(1, 9999)),
            f"{random_.randint(1, 99)} %",
            f"-{random_.randint(1, 99)}.{random_.randint(10, 99)}",
        ]
    )


def table(random_, kind, rows=None):
    """A table of figures, of short texts, of texts with several lines, or with empty cells."""
    columns = random_.randint(2, 4) if kind == "long texts" else random_.randint(3, 7)
    rows = rows or random_.randint(3, 11)
    header = [random_.choice(WORDS).capitalize() for _ in range(columns)]
    body = []
    for number in range(rows):
        first = f"{random_.choice(WORDS).capitalize()} {number + 1}"
        row = [first]
        for column in range(1, columns):
            if kind == "long texts" and column == columns - 1:
                row.append(sentence(random_, 10, 24))
            elif kind == "short texts":
                row.append(" ".join(random_.sample(WORDS, random_.randint(1, 2))))
            elif kind == "gaps" and random_.random() < 0.25:
                row.append("")
            else:
                row.append(figure(random_))
        body.append(row)
    return Block("table", rows=[header, *body])


TABLES = ["figures", "short texts", "long texts", "gaps"]


def made(seed, with_tables=True):
    """A report of about two pages."""
    random_ = random.Random(seed)
    blocks = [Block("heading", f"Report of the {random_.choice(WORDS)} {seed}", 1)]
    blocks.append(paragraph(random_))
    for section in range(random_.randint(3, 4)):
        title = f"{' '.join(random_.sample(WORDS, 2)).capitalize()}"
        blocks.append(Block("heading", title, 2))
        blocks += [paragraph(random_) for _ in range(random_.randint(1, 3))]
        if with_tables and section < 3:
            rows = 45 if seed % 6 == 0 and section == 1 else None
            blocks.append(table(random_, TABLES[(seed + section) % 4], rows))
            blocks.append(paragraph(random_))
        if section == 1:
            ordered = seed % 2
            for number in range(1, random_.randint(3, 5)):
                blocks.append(Block("item", sentence(random_), ordinal=number * ordered))
        if section == 2:
            blocks.append(Block("heading", f"Notes on {random_.choice(WORDS)}", 3))
            blocks.append(paragraph(random_))
        if not with_tables and section == 0:
            code = [f"    {w} = load({n}, '{w}')  # {w}" for n, w in enumerate(WORDS[:6])]
            blocks.append(Block("code", "\n".join(["def main():", *code, "    return 0"])))
    return Truth(f"made-{'tables' if with_tables else 'prose'}-{seed}", blocks)


def from_markdown(path: Path):
    """The blocks of a Markdown file, without emphasis and addresses of links."""
    blocks, ordinals, row = [], [], None
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8")):
        kind, opens = token.type.removesuffix("_open"), token.nesting == 1
        if kind in ("bullet_list", "ordered_list") and opens:
            ordinals.append(int(token.attrs.get("start", 1)) if kind == "ordered_list" else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            ordinals.pop()
        elif kind == "heading" and opens:
            blocks.append(Block("heading", level=int(token.tag[1])))
        elif kind == "paragraph" and opens:
            blocks.append(Block("item" if ordinals else "paragraph"))
            if ordinals and ordinals[-1]:
                blocks[-1].ordinal, ordinals[-1] = ordinals[-1], ordinals[-1] + 1
        elif kind == "table" and opens:
            blocks.append(Block("table"))
        elif kind == "tr" and opens:
            row = []
            blocks[-1].rows.append(row)
        elif kind in ("fence", "code_block"):
            blocks.append(Block("code", token.content.rstrip("\n")))
        elif kind == "inline":
            text = plain(token)
            if row is not None and blocks[-1].kind == "table":
                row.append(text)
            else:
                blocks[-1].text = text
    return Truth(path.stem, [b for b in blocks if b.text or b.rows])


def plain(token):
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts).strip()
