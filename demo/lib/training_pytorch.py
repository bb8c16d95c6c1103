"""The side network's training in PyTorch, for demo/compare-training: the network of Sources/SPAEngine/SideNetwork.swift,
the loss and the optimiser of Sources/Training, on random features in memory. Runs once for each line of standard input
and prints one JSON object a run."""
import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

p = argparse.ArgumentParser()
p.add_argument("--data", type=int, default=61)
p.add_argument("--anchors", type=int, default=114)
p.add_argument("--vocabulary", type=int, default=16000)
p.add_argument("--steps", type=int, default=30)
p.add_argument("--threads", type=int, default=2)
p.add_argument("--compile", action="store_true", help="through torch.compile")
p.add_argument(
    "--kept-base", action="store_true",
    help="the base's log-probabilities on anchors are computed once and kept, in place of once a step")
o = p.parse_args()

H, D, K, INNER, BATCHES = 576, 96, 10, 192, 8
torch.set_num_threads(o.threads)
torch.manual_seed(1)


def rms(x, weight=None):
    return F.rms_norm(x, (x.shape[-1],), weight, 1e-5)


class Rung(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Linear(H, D, bias=False)
        self.norm = nn.Parameter(torch.ones(D))
        self.gate_up = nn.Linear(D, 2 * INNER, bias=False)
        self.output = nn.Linear(INNER, D, bias=False)
        self.alpha = nn.Parameter(torch.zeros(()))

    def forward(self, tap, below):
        x = self.down(tap)
        if below is not None:
            x = torch.lerp(below, x, torch.sigmoid(self.alpha))
        gate, up = self.gate_up(rms(x, self.norm)).chunk(2, -1)
        return x + self.output(F.silu(gate) * up)


class Side(nn.Module):
    def __init__(self):
        super().__init__()
        self.rungs = nn.ModuleList(Rung() for _ in range(K))
        self.norm = nn.Parameter(torch.ones(D))
        self.up = nn.Linear(D, H, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, taps):
        s = None
        for k, rung in enumerate(self.rungs):
            s = rung(taps[k], s)
        return self.up(rms(s, self.norm))


side = Side()
head = torch.randn(o.vocabulary, H) * 0.05
matrices = [x for x in side.parameters() if x.dim() > 1]
vectors = [x for x in side.parameters() if x.dim() <= 1]
optimiser = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}], lr=3e-3, betas=(0.9, 0.98),
    fused=True)

rows = o.data + o.anchors
batches = []
for _ in range(BATCHES):
    # Taps in half precision, widened in the step, as in spa.
    taps = torch.randn(K, rows, H).half()
    final = rms(torch.randn(rows, H))
    target = torch.randint(o.vocabulary, (o.data,))
    with torch.no_grad():
        base = F.log_softmax(rms(final[o.data:]) @ head.T, -1) if o.kept_base else None
    batches.append((taps, final, target, base))


def loss_of(taps, final, target, base):
    taps = F.dropout(taps.float(), 0.1)
    logits = rms(final + side(taps)) @ head.T
    if base is None:
        with torch.no_grad():
            base = F.log_softmax(rms(final[o.data:]) @ head.T, -1)
    divergence = F.kl_div(F.log_softmax(logits[o.data:], -1), base, log_target=True, reduction="batchmean")
    return F.cross_entropy(logits[:o.data], target) + 0.5 * divergence


if o.compile:
    loss_of = torch.compile(loss_of)


def step(number):
    optimiser.zero_grad(set_to_none=True)
    loss = loss_of(*batches[number % BATCHES])
    loss.backward()
    nn.utils.clip_grad_norm_(side.parameters(), 1.0)
    optimiser.step()
    return loss


for number in range(5):
    step(number)
for _ in sys.stdin:
    start = time.perf_counter()
    for number in range(o.steps):
        loss = step(number)
    seconds = time.perf_counter() - start
    print(json.dumps({
        "tokens_per_second": round(rows * o.steps / seconds, 1), "milliseconds": round(1000 * seconds / o.steps, 3),
        "loss": round(loss.item(), 5), "threads": o.threads}), flush=True)
