"""Writes rouge.json: texts and their scores by the package rouge-score (pip install rouge-score==0.1.2), no stemming."""

import json
import pathlib
import random

from rouge_score import rouge_scorer

TEXTS = [
    ("The cat sat on the mat.", "The cat was on the mat."),
    ("the the the", "the"),
    ("", "something"),
    ("something", ""),
    ("", ""),
    ("Side Plugin Adaptation (SPA)", "SPA stands for Side-Plugin Adaptation."),
    ("x_1 = 3.14; y²", "x 1 3 14 y"),
    ("Crème brûlée, à la carte", "creme brulee a la carte"),
    ("ÉCOLE école", "cole COLE"),
    ("\u212aelvin 300 K", "kelvin 300 k"),
    ("\u0130stanbul", "i stanbul istanbul"),
    ("你好 world 123", "WORLD 123 你好"),
    ("a b c d e f g", "g f e d c b a"),
    ("police killed the gunman", "police kill the gunman"),
    ("police killed the gunman", "the gunman kill police"),
    ("one\ttwo\n\nthree", "one two three"),
    ("!!! ??? ...", "..."),
    ("don't can't won't", "dont cant wont"),
    ("F2 turns the simulated network on or off.", "F2 turns the simulated network on or off."),
    ("b a b a b", "a b a"),
]
WORDS = "spa base side gate token price nats the a of and".split()
random.seed(7)
for _ in range(20):
    TEXTS.append(tuple(" ".join(random.choices(WORDS, k=random.randint(1, 14))) for _ in range(2)))

scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
rows = []
for reference, candidate in TEXTS:
    scores = scorer.score(reference, candidate)
    row = {"reference": reference, "candidate": candidate}
    for name, key in (("rouge1", "one"), ("rouge2", "two"), ("rougeL", "longest")):
        score = scores[name]
        row[key] = [score.precision, score.recall, score.fmeasure]
    rows.append(row)
path = pathlib.Path(__file__).with_name("rouge.json")
path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
