"""Writes rouge.json: texts, and their scores by the package rouge-score (pip install rouge-score==0.1.2) without and
with stemming; and stems.json: words, and their stems by the stemmer that the package uses. All text is the project's own."""

import json
import pathlib
import random

from nltk.stem import porter
from rouge_score import rouge_scorer

ODD = [
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
    ("\u1e9eTRASSE straße", "strasse stra e"),
    ("ΣΊΣΥΦΟΣ sisyphus", "σίσυφος Sisyphus"),
    ("naïve co\u0301operation", "nai\u0308ve co\u0301operation"),
    ("zero\u200bwidth no\u00a0break", "zero width no break"),
    ("1,000.50 $ and 50%", "1 000 50 and 50"),
    ("A.B.C. a.b.c", "abc a b c"),
    ("e-mail; E-MAIL; email", "email e mail"),
    ("👩‍💻 codes 🎉", "codes"),
    ("ﬁne ﬂow", "fine flow"),
    ("Ａ１ fullwidth", "a1 fullwidth"),
    ("the dogs were running happily", "a dog runs happy"),
    ("dying skies and lying news", "die sky lie new"),
    ("flies tied spied dies", "fly tie spy die"),
    ("x" * 300, "x" * 300 + "s"),
    (" ".join("ab" for _ in range(60)), " ".join("ab" for _ in range(45))),
]
STEMS = """adapt adapter adapting adapted adaptation adaptations gate gates gated gating price prices priced pricing token
tokens side sides sided plugin plugins network networks networked transmit transmits transmitted transmitting
transmission transmissions generate generates generated generating generation generations generator generalise
generalization rationalisation rational relational conditional valenci hesitanci digitizer conformabli radicalli
differentli vileli analogousli vietnamization predication operator feudalism decisiveness hopefulness callousness
formaliti sensitiviti sensibiliti triplicate formative formalize electriciti electrical hopeful goodness revival
allowance inference airliner gyroscopic adjustable defensible irritant replacement adjustment dependent adoption
homologou communism activate angulariti homologous effective bowdlerize probate rate cease controll roll caresses
ponies ties cats feed agreed plastered bled motoring sing conflated troubled sized hopping tanned falling hissing
fizzed failing filing happy sky skies dying lying tying news innings inning outings cannings howe proceed exceed
succeed dies died flies spied tied yes yyy yay enjoy enjoys cry cries by say flying fly oed ied ing aing owing using
eing abed geology geologi theologically hopefully fully usefully singly nightly really family families university
universal employee agreement agreements eed seed exceeded bees is as us gas this bus s ss ies sses xies 100s 3d
2nd1 a1y b2ing c3ed ooo ate able ion tion sion passion nation lation ement cement element ousness iviti aliti logi
analogi llll fulli alli ally really totally ballli wiry tiny toy boyish yellow rhythm syzygy queueing skiing""".split()
NOUNS = "base side gate token price answer question link plugin network cloud device phrase summary rule".split()
VERBS = "choose take send read learn train measure score keep adapt generate transmit explain describe reply".split()
ENDINGS = ["", "s", "ed", "ing", "er", "ers", "ation", "able", "ly", "ness", "ful", "ive", "ment"]
SMALL = "the a of and to in it is for with on by 2 50".split()
MARKS = [" ", " ", " ", " ", ", ", ". ", "; ", " - ", "\n", "'s ", "… "]

random.seed(7)


def word():
    if random.random() < 0.4:
        return random.choice(SMALL)
    stem = random.choice(NOUNS + VERBS)
    if stem.endswith("e") and random.random() < 0.7:
        stem = stem[:-1]
    text = stem + random.choice(ENDINGS)
    return random.choice([text, text, text, text.capitalize(), text.upper()])


def text(most):
    return "".join(word() + random.choice(MARKS) for _ in range(random.randint(1, most)))


def changed(original):
    """The same text with words dropped, doubled and inserted: long common subsequences."""
    words = []
    for part in original.split():
        chance = random.random()
        if chance > 0.15:
            words.append(part)
        if chance > 0.9:
            words.append(random.choice([part, word()]))
    return " ".join(words)


pairs = list(ODD)
for number in range(265):
    reference = text(random.choice([6, 20, 60]))
    pairs.append((reference, changed(reference) if number % 3 else text(30)))

scorers = [rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=stem) for stem in (False, True)]
rows = []
for reference, candidate in pairs:
    row = {"reference": reference, "candidate": candidate}
    for scorer, kind in zip(scorers, ("plain", "stemmed")):
        scores = scorer.score(reference, candidate)
        row[kind] = [
            [round(value, 12) for value in (scores[name].precision, scores[name].recall, scores[name].fmeasure)]
            for name in ("rouge1", "rouge2", "rougeL")
        ]
    rows.append(row)
folder = pathlib.Path(__file__).parent


def write(name, lines):
    text = ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / name).write_text(f"[\n{text}\n]\n", encoding="utf-8")


write("rouge.json", rows)
stemmer = porter.PorterStemmer()
words = dict.fromkeys(STEMS + [stem + ending for stem in NOUNS + VERBS for ending in ENDINGS])
words |= dict.fromkeys("".join(random.choices("aeioubcdlsty", k=random.randint(1, 7))) + random.choice(ENDINGS) for _ in range(300))
write("stems.json", [[word, stemmer.stem(word)] for word in words])
