"""Makes sentencepiece.gguf, a small vocabulary, and sentencepiece.json, texts and their ids, by the PyPI package
sentencepiece.

    pip install gguf sentencepiece && python3 make_sentencepiece.py

Trained as Llama's vocabulary was: byte-pair encoding with bytes for unknown characters, spaces kept as they are, a space
before every text. Needs splits.json for its texts.
"""

import io
import json
import pathlib
import random

import gguf
import sentencepiece

here = pathlib.Path(__file__)
corpus = """
The harbour lies to the north of the town, and the boats come home in the evening when the wind has turned.
Nobody knows how old the lighthouse is; the oldest map that shows it was drawn three hundred years ago.
In winter the ferry leaves at 7:45, in summer at 6:15, and it costs 12.50 there and 9 back.
"Where are you going?" she asked. "Nowhere," he answered, "and I shall be there before the rain begins."
A kilogram of bread, two litres of milk, some butter: that was all they had bought, and all that they needed.
It's said that the fishermen don't speak of the storm, they've seen it, they're tired of it, and we'll not ask.
for i in range(10):
    if values[i] > limit:
        total  =  weights[i]        # too much
            continue
Die Straße führt über die Brücke, und später am Abend hören wir die Glocken läuten.
Le garçon a mangé trois pommes à l'ombre du vieux chêne près de la rivière.
Привет, мир! Сегодня хорошая погода, и мы идём гулять.
港は町の北にある。船は夕方に帰る。
""".strip().splitlines()
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(corpus * 3), model_writer=model, model_type="bpe", vocab_size=560, byte_fallback=True,
    character_coverage=0.98, normalization_rule_name="identity", remove_extra_whitespaces=False,
    allow_whitespace_only_pieces=True, split_digits=True,
    user_defined_symbols=["<tool>"], num_threads=1, minloglevel=2)
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def kind(id):
    if processor.is_unknown(id):
        return gguf.TokenType.UNKNOWN
    if processor.is_control(id):
        return gguf.TokenType.CONTROL
    if processor.is_byte(id):
        return gguf.TokenType.BYTE
    return gguf.TokenType.USER_DEFINED if processor.id_to_piece(id) == "<tool>" else gguf.TokenType.NORMAL


ids = range(processor.vocab_size())
writer = gguf.GGUFWriter(here.with_name("sentencepiece.gguf"), "llama")
writer.add_tokenizer_model("llama")
writer.add_token_list([processor.id_to_piece(id) for id in ids])
writer.add_token_scores([processor.get_score(id) for id in ids])
writer.add_token_types([kind(id) for id in ids])
writer.add_bos_token_id(processor.bos_id())
writer.add_eos_token_id(processor.eos_id())
writer.add_unk_token_id(processor.unk_id())
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.close()

texts = [case["text"] for case in json.loads(here.with_name("splits.json").read_text())][::2]
texts += corpus + ["\n".join(corpus)] + [
    "", " ", "  ", "   ", "    ", "     ", "\n", "\n\n", "\t", " \n ", "a", " a", "  a", "a ", "a  ", "a\n", "\r\n",
    "the  the   the    the     the", "<tool>", " <tool> ", "x<tool>y", "<tool><tool>", "<tool", "<<tool>>", "<s>", "</s>",
    "<unk>", "<0x0A>", "\u2581", "a\u2581b", "e\u0301\u0302", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "🎈🎈",
    "\U00010330\U00010331", "\u0000", "\uFFFD", "\u200Bx\u00A0y\u3000z", "aaaaaaaaaaaaaaaaa", "thethethethethe", "1234567",
]
generator = random.Random(1)
alphabet = "thearnodsi  TA.,'\n"
for _ in range(60):
    texts.append("".join(generator.choice(alphabet) for _ in range(generator.randrange(1, 40))))
cases = [{"text": text, "ids": processor.encode(text)} for text in dict.fromkeys(texts)]
path = here.with_name("sentencepiece.json")
path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(processor.vocab_size(), "pieces,", len(cases), "texts")
