"""Measures what searches find on public test sets; scripts/bench-search runs it.

Each set is a folder in the form of BEIR: corpus.jsonl, queries.jsonl and qrels/test.tsv. All of its
texts are uploaded as a tenant's documents, through the whole pipeline. The questions are uploaded
too, by another tenant, because their vectors are needed for the exact search. A document ranks
where its best chunk does. With a model that has another prefix for queries, the exact search by
meaning finds less than Millrace, because it compares texts of documents with each other.
"""

import argparse
import hashlib
import json
import math
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg

DEPTH = 100
"""Chunks of each ranking that are read."""
FUSION = 60
K1, B = 1.2, 0.75


@dataclass
class TestSet:
    name: str
    texts: dict[str, str]
    questions: dict[str, str]
    relevant: dict[str, dict[str, int]]
    """Grades of the relevant documents of each question."""

    @staticmethod
    def read(folder: Path) -> "TestSet":
        def lines(name):
            return [json.loads(line) for line in (folder / name).open(encoding="utf-8")]

        relevant = defaultdict(dict)
        with (folder / "qrels" / "test.tsv").open(encoding="utf-8") as judgements:
            next(judgements)
            for line in judgements:
                question, document, grade = line.split()
                if int(grade) > 0:
                    relevant[question][document] = int(grade)
        texts = {
            document["_id"]: f"{document.get('title', '')}\n\n{document['text']}".strip()
            for document in lines("corpus.jsonl")
        }
        questions = {
            question["_id"]: question["text"]
            for question in lines("queries.jsonl")
            if question["_id"] in relevant
        }
        return TestSet(folder.name, {i: t for i, t in texts.items() if t}, questions, relevant)

    def groups(self):
        """Questions by language, which is how the ids of multilingual sets begin."""
        groups = defaultdict(list)
        for question in self.questions:
            language = re.match(r"(en|de|zh|es|ru|ja|fr)[0-9a-f]", question)
            groups[f"{self.name} {language[1]}" if language else self.name].append(question)
        return groups


class API:
    """A tenant's view of the pipeline."""

    def __init__(self, base: str, name: str):
        self.base = base
        self.token = f"token-of-{name}"
        self.tenant = uuid.uuid5(uuid.NAMESPACE_URL, name)

    @property
    def token_line(self):
        return f"{self.tenant} {hashlib.sha256(self.token.encode()).hexdigest()}"

    def post(self, path, body, kind):
        request = urllib.request.Request(
            self.base + path,
            data=body,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": kind},
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    raise RuntimeError(f"{path}: {error.code} {error.read()[:300]}") from error
                time.sleep(0.2)
        raise TimeoutError(f"{path}: refused for two minutes")

    def upload(self, name, text):
        return self.post(f"/v1/documents?filename={name}.txt", text.encode(), "text/plain")

    def search(self, query, mode):
        """Names of the documents, by their best chunks."""
        body = {"query": query, "mode": mode, "k": DEPTH}
        results = self.post("/v1/search", json.dumps(body).encode(), "application/json")["results"]
        return unique(result["filename"].removesuffix(".txt") for result in results)


def unique(names):
    return list(dict.fromkeys(names))


class ExactSearch:
    """The same rankings over all chunks and vectors of a tenant."""

    def __init__(self, database, tenant, questions):
        self.database = database
        self.tenant = tenant
        self.questions = questions
        """The document of each question."""
        self.postings = defaultdict(list)
        self.lengths = {}
        self.names = {}
        rows = database.execute(
            """
            SELECT c.document_id::text || c.chunk_ord, d.filename, length(c.words), w.lexeme,
                cardinality(w.positions)
            FROM upload_pipeline.chunk_words c JOIN upload_pipeline.documents d USING (document_id),
                unnest(c.words) AS w
            WHERE c.user_id = %s AND w.lexeme NOT LIKE '@%%'
            """,
            (tenant,),
        )
        for chunk, name, length, lexeme, count in rows:
            self.names[chunk] = name.removesuffix(".txt")
            self.lengths[chunk] = length
            self.postings[lexeme].append((chunk, count))
        self.average = sum(self.lengths.values()) / len(self.lengths)

    def by_words(self, query):
        lexemes = self.database.execute(
            """
            SELECT w.lexeme, max(cardinality(w.positions))
            FROM upload_pipeline.word_totals,
                unnest(upload_pipeline.words(language::regconfig, %s)) AS w
            WHERE user_id = %s GROUP BY w.lexeme
            """,
            (query, self.tenant),
        )
        scores = defaultdict(float)
        for lexeme, weight in lexemes:
            found = self.postings.get(lexeme, [])
            rarity = math.log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for chunk, count in found:
                norm = K1 * (1 - B + B * self.lengths[chunk] / self.average)
                scores[chunk] += weight * rarity * count * (K1 + 1) / (count + norm)
        return sorted(scores, key=lambda chunk: (-scores[chunk], chunk))[:DEPTH]

    def by_meaning(self, question):
        rows = self.database.execute(
            """
            SELECT c.document_id::text || c.chunk_ord
            FROM upload_pipeline.document_chunks c
            WHERE c.user_id = %s
            ORDER BY c.embedding OPERATOR(public.<=>) (
                SELECT q.embedding FROM upload_pipeline.document_chunks q
                WHERE q.document_id = %s AND q.chunk_ord = 0)
            LIMIT %s
            """,
            (self.tenant, self.questions[question], DEPTH),
        )
        return [row[0] for row in rows]

    def documents(self, chunks):
        return unique(self.names[chunk] for chunk in chunks)

    def fused(self, rankings):
        scores = defaultdict(float)
        for ranking in rankings:
            for rank, chunk in enumerate(ranking, 1):
                scores[chunk] += 1 / (FUSION + rank)
        return sorted(scores, key=lambda chunk: -scores[chunk])


def quality(ranking, relevant):
    """recall@10, nDCG@10, MRR@10 and success@1 of one question."""
    first = ranking[:10]
    gain = sum(relevant.get(d, 0) / math.log2(rank + 1) for rank, d in enumerate(first, 1))
    grades = sorted(relevant.values(), reverse=True)[:10]
    ideal = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
    hits = [rank for rank, document in enumerate(first, 1) if document in relevant]
    return (
        len(hits) / len(relevant),
        gain / ideal,
        1 / hits[0] if hits else 0,
        float(hits[:1] == [1]),
    )


def row(group, method, values):
    means = [sum(column) / len(values) for column in zip(*values)]
    return f"| {group} | {method} | {len(values)} | " + " | ".join(f"{m:.3f}" for m in means) + " |"


def wait_until_done(database, tenants):
    while True:
        (open_jobs, changes) = database.execute(
            """
            SELECT (SELECT count(*) FROM upload_pipeline.upload_jobs
                    WHERE finished_at IS NULL AND user_id = ANY (%s)),
                (SELECT count(*) FROM upload_pipeline.word_changes)
            """,
            (tenants,),
        ).fetchone()
        if open_jobs == 0 and changes == 0:
            return
        print(f"{open_jobs} documents are not yet searchable", file=sys.stderr)
        time.sleep(10)


def measure(test_set, api, questions, database):
    exact = ExactSearch(database, api.tenant, questions)
    for group, ids in test_set.groups().items():
        values = defaultdict(list)
        for question in ids:
            text, relevant = test_set.questions[question], test_set.relevant[question]
            words, meaning = exact.by_words(text), exact.by_meaning(question)
            rankings = {f"Millrace {m}": api.search(text, m) for m in ("text", "vector", "hybrid")}
            rankings["exact BM25"] = exact.documents(words)
            rankings["exact cosine"] = exact.documents(meaning)
            rankings["both, fused"] = exact.documents(exact.fused([words, meaning]))
            for method, ranking in rankings.items():
                values[method].append(quality(ranking, relevant))
        for method, rows in values.items():
            print(row(group, method, rows), flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--millrace", required=True)
    arguments.add_argument("--directory", type=Path, required=True)
    arguments.add_argument("--port", type=int, default=18080)
    arguments.add_argument("--only", help="only this set")
    options = arguments.parse_args()
    sets = [
        TestSet.read(folder)
        for folder in sorted(options.data.iterdir())
        if (folder / "corpus.jsonl").exists() and options.only in (None, folder.name)
    ]
    base = f"http://127.0.0.1:{options.port}"
    apis = {test_set.name: API(base, test_set.name) for test_set in sets}
    asker, questions = API(base, "questions"), {}
    everyone = [*apis.values(), asker]
    cluster = [options.millrace, "up", "--directory", options.directory]
    tokens = "\n".join(api.token_line for api in everyone)
    subprocess.run(
        [*cluster, "--http-port", str(options.port)],
        check=True,
        env={**os.environ, "MILLRACE_TOKENS": tokens},
    )
    try:
        record = json.loads((options.directory / "cluster.json").read_text())
        with psycopg.connect(
            host="127.0.0.1",
            port=record["postgresPort"],
            user="millrace",
            password=record["postgresPassword"],
            dbname="millrace",
            autocommit=True,
        ) as database:
            with ThreadPoolExecutor(8) as pool:
                for test_set in sets:
                    api = apis[test_set.name]
                    list(pool.map(lambda item: api.upload(*item), test_set.texts.items()))
                    uploads = pool.map(lambda item: asker.upload(*item), test_set.questions.items())
                    answers = zip(test_set.questions, uploads, strict=True)
                    questions[test_set.name] = {i: a["document_id"] for i, a in answers}
            wait_until_done(database, [api.tenant for api in everyone])
            print("| set | method | questions | recall@10 | nDCG@10 | MRR@10 | success@1 |")
            print("|---|---|---|---|---|---|---|")
            for test_set in sets:
                measure(test_set, apis[test_set.name], questions[test_set.name], database)
    finally:
        subprocess.run([options.millrace, "down", "--directory", options.directory], check=True)


if __name__ == "__main__":
    main()
