"""Writes beams.json: what beam search by the PyPI package transformers finds on the tiny models of write_models.py.

    pip install gguf torch transformers && python3 write_beams.py
"""

import json
import pathlib

import torch

from write_models import MODELS, randomise

here = pathlib.Path(__file__)
STOPS = {"likely": False, "first": True, "certain": "never"}
LONGEST = 10

cases = []
for name in ("llama", "llama3", "qwen2", "qwen3"):
    _, make, seed = MODELS[name]
    model = make().eval()
    randomise(model, torch.Generator().manual_seed(seed))
    prompt = json.loads(here.with_name(name + ".json").read_text())["tokens"]
    logits = torch.tensor(json.loads(here.with_name(name + ".json").read_text())["logits"])
    with torch.no_grad():
        found = model(torch.tensor([prompt])).logits[0, -1]
    assert (found - logits).abs().max() < 1e-4, name
    for number, (width, penalty, stop) in enumerate(
        (width, penalty, stop) for width in (2, 4, 9) for penalty in (0.0, 1.0, 2.0, -0.5) for stop in STOPS
    ):
        # Tokens that end the turn: likely ones now and then, so that texts of many lengths end.
        generator = torch.Generator().manual_seed(number)
        ends = sorted(torch.randperm(model.config.vocab_size, generator=generator)[:14].tolist())
        start = prompt[: 20 + number % 20]
        with torch.no_grad():
            sequence = model.generate(
                torch.tensor([start]), attention_mask=torch.ones(1, len(start), dtype=torch.long), do_sample=False,
                num_beams=width, length_penalty=penalty, early_stopping=STOPS[stop], max_new_tokens=LONGEST,
                eos_token_id=ends, pad_token_id=ends[0],
            )[0, len(start):].tolist()  # fmt: skip
        text = []
        for token in sequence:
            if token in ends:
                break
            text.append(token)
        cases.append({
            "model": name, "prompt": len(start), "width": width, "lengthPenalty": penalty, "stop": stop, "ends": ends,
            "longest": LONGEST, "tokens": text,
        })  # fmt: skip
lengths = [len(case["tokens"]) for case in cases]
print(f"{len(cases)} cases, lengths {sorted(set(lengths))}, {lengths.count(LONGEST)} of the greatest")
here.with_name("beams.json").write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")
