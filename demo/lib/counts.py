"""Counts instructions by function under callgrind and compares them with a file. Called by demo/counts."""

import argparse
import collections
import json
import os
import re
import subprocess
import sys

GROWTH = 0.05
# Functions below this share of their piece are neither kept nor judged.
SHARE = 0.02
ALL = "(all)"
PIECES = {
    "start": "process start to the first token, prompt of 20",
    "decode": "one generated token",
    "side": "one generated token, written by the bundled plugin",
    "beams": "one generated token, four beams wide",
    "prompt": "64 tokens more of a prompt",
    "tokenizer": "11 kB of text to tokens",
    "training": "training on a very small model",
}
QUESTION = "Why is the sky blue? Explain to a child."
# The same with 64 tokens more, each word one.
LONGER = QUESTION + " Please" + " please" * 63


class Counter:
    def __init__(self, options):
        self.options = options
        self.spa = os.path.join(options.folder, "spa")
        # Nothing of this user's: settings, plugins, logs.
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": options.folder, "SWIFT_DETERMINISTIC_HASHING": "1",
        }  # fmt: skip
        self.kept = {}

    def run(self, *arguments):
        """What spa prints."""
        return self.call([self.spa, *arguments])

    def count(self, *arguments):
        """Instructions by function of one run of spa."""
        if arguments not in self.kept:
            output = os.path.join(self.options.folder, "callgrind.out")
            tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "--quiet"]
            self.call([*tool, self.spa, *arguments])
            self.kept[arguments] = read(output)
        return self.kept[arguments]

    def call(self, command):
        result = subprocess.run(
            command, env=self.environment, cwd=self.options.folder, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace",
        )  # fmt: skip
        if result.returncode != 0:
            sys.exit(f"demo/counts: error: {' '.join(command)[:300]}: {result.stderr.strip()[-500:]}")
        return result.stdout

    def reply(self, tokens, question, plugin="off"):
        return (
            "run", "--model", self.options.model, "--plugin", plugin, "--threads", "1", "--temperature", "0",
            "--max-tokens", str(tokens), question,
        )  # fmt: skip

    def start(self):
        return self.count(*self.reply(1, QUESTION))

    def decode(self):
        return difference(self.count(*self.reply(9, QUESTION)), self.start(), 8)

    def side(self):
        plugin = os.path.join(self.options.root, "demo", "plugin", "spa.gguf")
        few, many = (self.count(*self.reply(count, QUESTION, plugin), "--mode", "side") for count in (1, 9))
        return difference(many, few, 8)

    def beams(self):
        few, many = (self.count(*self.reply(count, QUESTION), "--beams", "4") for count in (1, 9))
        return difference(many, few, 8)

    def prompt(self):
        lengths = [
            json.loads(self.run(*self.reply(1, text), "--json").splitlines()[-1])["prompt_tokens"]
            for text in (QUESTION, LONGER)
        ]
        if lengths[1] - lengths[0] != 64:
            sys.exit(f"demo/counts: error: the longer prompt has {lengths[1] - lengths[0]} tokens more, not 64")
        return difference(self.count(*self.reply(1, LONGER)), self.start())

    def tokenizer(self):
        with open(os.path.join(self.options.root, "LICENSE"), encoding="utf-8") as file:
            page = file.read()
        model = ("tokenize", "--model", self.options.model)
        return difference(self.count(*model, page), self.count(*model, "a"))

    def training(self):
        rows = os.path.join(self.options.folder, "rows.jsonl")
        with open(rows, "w", encoding="utf-8") as file:
            for number in ("one", "two", "three", "four", "five", "six"):
                file.write(json.dumps({"prompt": f"Say {number}.", "response": f"It is {number}, and no more."}) + "\n")
        command = ("train", rows, "--out", os.path.join(self.options.folder, "tiny.plugin"), "--gate", "linear")
        command += ("--epochs", "1", "--threads", "1", "--model", os.path.join(self.options.folder, "tiny.gguf"))
        self.run(*command)  # the base's answers to the everyday questions are kept from here on
        return self.count(*command)


def read(path):
    """Callgrind's file: instructions of each function itself, without those it calls."""
    names, counts = {}, collections.Counter()
    current, is_call = "", False
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            name = re.match(r"c?fn=(\(\d+\))(?: (.*))?$", line)
            if name:
                if name[2]:
                    names[name[1]] = name[2]
                if line[0] == "f":
                    current = names[name[1]]
            elif line.startswith("calls="):
                is_call = True  # the next line is what the called one took
            elif line[0] in "0123456789+-*":
                if not is_call:
                    counts[current] += int(line.split()[1])
                is_call = False
    return counts


def difference(more, less, steps=1):
    return collections.Counter({name: (more[name] - less[name]) // steps for name in more | less})


def readable(names):
    """Swift's names as they are written in the source, where the toolchain is there to say so."""
    names = sorted(names)
    try:
        result = subprocess.run(
            ["swift", "demangle", "--compact", "--simplified"], input="\n".join(names), capture_output=True, text=True
        )
    except OSError:
        return {name: name for name in names}
    lines = result.stdout.splitlines()
    return dict(zip(names, lines)) if len(lines) == len(names) else {name: name for name in names}


def summary(counts):
    """The whole and the functions that matter."""
    total = sum(counts.values())
    hot = {name: count for name, count in counts.items() if count >= SHARE * total}
    words, result = readable(hot), collections.Counter()
    for name, count in hot.items():
        result[words[name].replace("\t", " ")] += count
    return {ALL: total, **dict(result.most_common())}


def load(path):
    baseline = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                piece, function, count = line.rstrip("\n").split("\t")
                baseline[piece][function] = int(count)
    return baseline


def save(path, baseline):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Instructions by piece of work and function, one thread, AVX2; made by demo/counts --write.\n")
        for piece in PIECES:
            for function, count in baseline.get(piece, {}).items():
                file.write(f"{piece}\t{function}\t{count}\n")


def compare(piece, found, before):
    """Prints a piece; the functions of it that grew too much."""
    print(f"\n{PIECES[piece]}")
    grown = []
    for function in [*found, *(name for name in before if name not in found)]:
        now, then = found.get(function), before.get(function)
        # A function can move below the share that is kept, or above it, without having changed.
        text = "new" if then is None else "gone, or below 2 %" if now is None else f"{round(100 * (now / then - 1), 1) + 0.0:+.1f} %"
        if now is not None and then and now > (1 + GROWTH) * then:
            if function == ALL or now - then > 0.01 * before[ALL]:
                grown.append(f"{piece}: {function} {text}")
                text += "  GREW"
        name = function if len(function) <= 66 else function[:65] + "…"
        print(f"  {name:<66}{'–' if now is None else format(now, ','):>15}  {text}")
    return grown


def main():
    parser = argparse.ArgumentParser(prog="demo/counts", allow_abbrev=False)
    for name in ("--folder", "--model", "--root"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("pieces", nargs="*", metavar="NAME")
    options = parser.parse_args()
    unknown = [name for name in options.pieces if name not in PIECES]
    if unknown:
        parser.error(f"'{unknown[0]}' is none of {', '.join(PIECES)}")
    path = os.path.join(options.root, "demo", "counts.tsv")
    baseline = load(path) if os.path.exists(path) else {}
    counter, grown = Counter(options), []
    print("instructions on one thread, with the AVX2 kernels (valgrind knows no AVX-512), and the change")
    for piece in PIECES:
        if options.pieces and piece not in options.pieces:
            continue
        found = summary(getattr(counter, piece)())
        grown += compare(piece, found, baseline.get(piece, {}))
        sys.stdout.flush()
        if options.write:
            baseline[piece] = found
    if options.write:
        save(path, baseline)
        return print(f"\nwritten to {path}")
    if not baseline:
        sys.exit(f"demo/counts: error: there is no {path}; make it by demo/counts --write")
    if grown:
        print()
        sys.exit("demo/counts: grew by more than 5 %: " + "; ".join(grown))


if __name__ == "__main__":
    main()
