"""Makes encodings.json: texts and their ids by the PyPI package tokenizers, with SmolLM2's vocabulary.

    pip install gguf tokenizers && python3 make_encodings.py MODEL.gguf [number of random texts]

The vocabulary and the merges come from the model file; the pre-tokenizer is that of the model's tokenizer.json: every
digit by itself, then GPT-2's byte level. Needs splits.json for its texts.
"""

import json
import pathlib
import sys

import gguf
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers

here = pathlib.Path(__file__)
fields = gguf.GGUFReader(sys.argv[1]).fields


def strings(key):
    return [bytes(fields[key].parts[index]).decode() for index in fields[key].data]


tokens = strings("tokenizer.ggml.tokens")
merges = [tuple(merge.split(" ")) for merge in strings("tokenizer.ggml.merges")]
tokenizer = Tokenizer(models.BPE({token: id for id, token in enumerate(tokens)}, merges))
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
)
texts = [case["text"] for case in json.loads(here.with_name("splits.json").read_text())]
encodings = [{"text": text, "special": False, "ids": tokenizer.encode(text).ids} for text in texts]
tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in tokens[:17]])
for text in [
    "<|im_start|>user\n\n\nWhat is photosynthesis?<|im_end|>\n<|im_start|>assistant\n",
    "a<|im_end|>b <|im_end|> c<|im_end|", "<|im_start|><|im_start|>", "<repo_name>x<reponame>", "<|endoftext|>",
]:
    encodings.append({"text": text, "special": True, "ids": tokenizer.encode(text).ids})
path = here.with_name("encodings.json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in encodings) + "\n]\n")
