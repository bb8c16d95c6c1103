"""Runs spa's training steps and PyTorch's by turns and prints both side by side.

Called by demo/compare-training, which says what the options mean.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

GOAL = 3.0
# Positions a step and tokens in the softmax: about those of the bundled plugin's training.
SHAPE = ["--data", "61", "--anchors", "113", "--vocabulary", "12288"]


class Runner:
    """A process that trains for some steps whenever it is given a line."""

    def __init__(self, name, command):
        self.name, self.rates = name, []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"demo/compare-training: error: {self.name} ended with {self.process.wait()}")
        return json.loads(line)["tokens_per_second"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--spa", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    shape = SHAPE + ["--threads", str(options.threads)]
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training_pytorch.py")
    torch = [sys.executable, script, "--steps", "15"] + shape
    runners = [
        Runner("spa", [options.spa, "bench-training", "--on-demand", "--steps", "40"] + shape),
        Runner("PyTorch", torch),
        Runner("PyTorch, the base's anchor logits kept", torch + ["--kept-base"]),
    ]
    for runner in runners:
        runner.turn()  # warm-up
    load = os.getloadavg()[0]
    for _ in range(options.rounds):
        for runner in runners:
            time.sleep(0.3)  # the threads of the one before go to sleep
            runner.rates.append(runner.turn())
    for runner in runners:
        runner.process.stdin.close()
        runner.process.wait()
    medians = [statistics.median(runner.rates) for runner in runners]
    ratios = [medians[0] / median for median in medians]
    if options.json:
        print(json.dumps({
            "threads": options.threads, "load_average": load, "goal": GOAL,
            "results": [
                {"name": runner.name, "tokens_per_second": median, "all": runner.rates, "spa_ratio": round(ratio, 2)}
                for runner, median, ratio in zip(runners, medians, ratios)],
        }))
        return
    print(f"{options.threads} threads, load average {load:.2f} at the start, medians of {options.rounds} turns, tokens/s")
    for runner, median, ratio in zip(runners, medians, ratios):
        spread = f"{median:8.0f} ({min(runner.rates):.0f}-{max(runner.rates):.0f})"
        verdict = "" if runner is runners[0] else f"   spa: {ratio:.2f} times (to reach: {GOAL})"
        print(f"{runner.name:40}{spread:>24}{verdict}")


main()
