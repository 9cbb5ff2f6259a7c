"""Writes cl100k_goldens.json: what tiktoken (PyPI, 0.14.0) says of texts of many kinds.

Run by hand when cases are added: python3 make_goldens.py
"""
import json
import pathlib
import random

import tiktoken

encoding = tiktoken.get_encoding("cl100k_base")

languages = [
    "All human beings are born free and equal in dignity and rights.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren; größer, Straße, Fuß.",
    "Tous les êtres humains naissent libres et égaux en dignité et en droits, n'est-ce pas ?",
    "Todos los seres humanos nacen libres e iguales. ¿Quién? ¡Mañana!",
    "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια.",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. ٣٤٥٦٧",
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है। १२३४५",
    "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
    "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。",
    "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。ｶﾀｶﾅ",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ น้ำ",
    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.",
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. İstanbul ıslak",
    "ყველა ადამიანი იბადება თავისუფალი და თანასწორი.",
    "Բոլոր մարդիկ ծնվում են ազատ ու հավասար։",
    "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "ລາວ ມະນຸດທຸກຄົນ ນ້ຳ ၁၂၃ မြန်မာ។ ខ្មែរ",
    "𝒜𝓫𝔠 𐍈𐌰 𝟘𝟙𝟚𝟛 ⅣⅧ ½¾ ²³¹ ①②③ 𐄇𐄈 𠀀𠀁 \U000323b0_Joined \U00016d40_Joined",
]
marks = [
    "I'm you're he'll they've we'd it's I'M YOU'RE HE'LL 'tis 'Sx 'ſ 'ſx rock'n'roll l'été",
    "👨‍👩‍👧‍👦 🇩🇪🇫🇷🇯🇵 🧑🏽‍🚀 ❤️‍🔥 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ ✈️ 😀😀😀 ☃︎",
    "<|endoftext|> <|fim_prefix|><|fim_middle|><|fim_suffix|> <|endofprompt|>",
    "def f(x: int) -> str:\n    return f\"{x!r:>10}\"\n\n\n@cached\nasync def g():\n\tawait f(1)\n",
    "if (a && b || !c) { x->y[0] += 0x1F; } // done;\r\n/* ... */\r\n#include <stdio.h>\r\n",
    "SELECT * FROM t WHERE a >= 1.5e-10 AND b <> 'it''s';\n-- ok\n{\"k\": [1,22,333,4444,55555]}",
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```swift\nlet x = 1\n```\n\n* * *\n___\n",
    "https://example.org/a/b?c=d&e=%20f#g me@example.org C:\\dir\\file.txt ~/x --flag=yes",
    " ", "  ", "\n", "\n\n", " \n ", "a \n\n  b", "\t\t\tx", "x   ", "   x", "\r\n\r\n \r x",
    "a\u00a0b \u00a0 c\u3000d\u2003 e\u0085f\u2028g\u2029 h\u200bi\u202f\u205fj\u1680k\u180el",
    "a\u0301e\u0301 \u0301 n\u0303o\u0308 \u0f00\u0f71 क्षि ﬁ ﷺ ǅ ʼn ˆ ʰ",
    "\u0000\u0001\u001b[0m\u007f\ufeff\ufffd\ufffe\U0010ffff\ue000",
    "!!!???...,,,;;;---___===***###@@@$$$%%%^^^&&&~~~```\n\n\n", "!\n\n?\r\n\r\n.\n x", "...\n",
    "1", "12", "123", "1234", "1234567890", "3.14159", "1,000,000.00", "٣٣٣٣", "2026-11-23T22:00:00Z",
    "antidisestablishmentarianism Donaudampfschifffahrtsgesellschaftskapitän",
]
runs = [[unit, count] for unit, count in [
    ("a", 95), ("a", 97), ("a", 3000), ("ab", 500), (" ", 200), (" ", 3000), ("\n", 300),
    ("-", 2000), ("=", 129), ("字", 700), ("é", 300), ("0", 1000), ("🇩🇪", 100), ("\u0301", 200),
    ("qzxjkv", 60), (" \n", 100), ("\t", 90), ("!\n", 50), ("。", 200),
]]
atoms = [
    "a", "Z", "é", "ß", "ſ", "'s", "'LL", "'ſ", "'re", "'Ve", "1", "23", "٣", "½", "Ⅷ", " ", "  ",
    "\t", "\n", "\r\n", "\r", "\f", "\u00a0", "\u3000", "\u0085", "\u2028", "\u0301", "\u200d",
    "👨‍👩‍👧", "🇩🇪", "字", "かな", "한글", "ا", "ُ", "।", "क्षि", "!", "...", "--", "_", "/", "\u0600",
    "\u200b", "ﬁ", "𝒜", "🧑🏽", "<|endoftext|>", "ʼ", "्", "ำ", "\ufeff", "\U00020000", "\u0000",
]
generator = random.Random(20261123)
mixtures = [
    "".join(generator.choice(atoms) for _ in range(generator.randint(1, 24))) for _ in range(400)
]


def fnv1a(numbers):
    value = 0xCBF29CE484222325
    for number in numbers:
        for byte in number.to_bytes(4, "little"):
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def block_text(start):
    """Each scalar of a block where it shows whether it is a letter, a number or neither."""
    scalars = (chr(v) for v in range(start, start + 4096) if not 0xD800 <= v < 0xE000)
    return "".join(f"{s}_J{s}123 " for s in scalars)


blocks = [*range(0, 0x40000, 4096), 0xE0000]
goldens = {
    "texts": [
        {"text": t, "tokens": encoding.encode_ordinary(t)} for t in languages + marks + mixtures
    ],
    "runs": [
        {"unit": u, "count": n, "tokens": encoding.encode_ordinary(u * n)} for u, n in runs
    ],
    "blocks": [
        {"start": s, "tokens": len(t), "fnv1a": f"{fnv1a(t):016x}"}
        for s in blocks for t in [encoding.encode_ordinary(block_text(s))]
    ],
}
target = pathlib.Path(__file__).with_name("cl100k_goldens.json")
lines = {k: ",\n".join(json.dumps(x, separators=(",", ":")) for x in v) for k, v in goldens.items()}
target.write_text(
    "{" + ",\n".join(f'"{k}":[\n{v}\n]' for k, v in lines.items()) + "}\n", encoding="utf-8")
