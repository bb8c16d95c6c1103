"""Makes splits.json: texts and their words by the pre-tokenizers' regular expressions, by the PyPI package regex.

    pip install regex && python3 make_splits.py [number of random texts]

A text's words are given as their lengths in UTF-8 bytes.
"""

import json
import pathlib
import random
import sys

import regex

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
RULES = {
    "gpt-2": [GPT2],
    "smollm": [r"\p{N}", GPT2],
    "llama-bpe": [LLAMA3],
    "qwen2": [LLAMA3.replace("{1,3}", "")],
}
PIECES = (
    list("abcXYZ019'\"!?.,-_<>|@#{}()") + [" "] * 12 + ["\n"] * 4 + list("\t\r\v\f")
    + "'s|'t|'re|'ve|'m|'ll|'d|'S|'RE|'Ll|don't|Hello|the|1234567|3.14|\r\n|\n\n|  |   ".split("|")
    + list("éßñЖдωאע٣५字漢かな한글½²Ⅷ①👍🎈́̈‍️\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u3000\u200b\ufeff€→∑\U000e0001\x00\x1c\x1f\x7f")
    + ["👩‍👩‍👧", "🇫🇷", "İ", "ſ", "ǅ", "ʰ"]
)
CHOSEN = [
    "", " ", "  ", "a", " a", "  a", "a ", "a  ", "a  b", "a\n\n b", "In 1984, the price was $3,250.75 and", "don't  I'LL we'Re",
    "def f(n):\n    return n\n", "a  1", "a \n 1", "\t\tx", "x\r\n\r\ny", " \n \n z", "'", "''s", " 's", "'sa", "1234567 890",
    "'r", "'l", "'v", "٣٤٥٦", "Ⅷ½²", "  \n", "!!\n\n", " !\r\n x", "\u3000x", "\u00a0\u00a0x", "é́", "‍", "🇫🇷🇩🇪",
]


def words(text, patterns):
    parts = [text]
    for pattern in patterns:
        split = []
        for part in parts:
            end = 0
            for match in regex.finditer(pattern, part):
                if match.start() > end:
                    split.append(part[end : match.start()])
                split.append(match.group())
                end = match.end()
            if end < len(part):
                split.append(part[end:])
        parts = split
    return parts


generator = random.Random(1)
texts = CHOSEN + [
    "".join(generator.choice(PIECES) for _ in range(generator.randrange(1, 24)))
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 250)
]
cases = [
    {"text": text} | {name: [len(w.encode()) for w in words(text, patterns)] for name, patterns in RULES.items()}
    for text in texts
]
path = pathlib.Path(__file__).with_name("splits.json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
