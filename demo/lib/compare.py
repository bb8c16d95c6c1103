"""Measures spa and llama.cpp by turns and prints both side by side, with the ratios that spa must reach.

Called by demo/compare, which says what the options mean.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from typing import Callable, Optional

QUESTION = "Why is the sky blue? Explain to a child."  # 20 tokens with the model's template
TIMEOUT = 900
KINDS = ("generation", "prompt", "start")


def say(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def output_of(command, environment=None):
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT
    )
    if result.returncode != 0:
        sys.exit(f"demo/compare: error: {command[0]} ended with {result.returncode}: {result.stderr.strip()[-500:]}")
    return result.stdout


def first_output(command, skip, environment=None):
    """Milliseconds from a process's start until it has written more than `skip` bytes, and its peak memory in MiB."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    count, first = 0, None
    while data := os.read(process.stdout.fileno(), 65536):
        count += len(data)
        if first is None and count > skip:
            first = time.monotonic() - begin
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or first is None:
        sys.exit(f"demo/compare: error: {command[0]} ended with {process.returncode} and {count} bytes")
    return 1000 * first, usage.ru_maxrss / 1024


class Spa:
    def __init__(self, path, threads):
        self.path, self.threads = path, str(threads)

    def speed(self, model, prompt=0, generated=0, depth=0):
        name = f"pp{prompt}" if prompt else f"tg{generated}" + (f"_d{depth}" if depth else "")
        answer = output_of(
            [self.path, "bench", "--json", "--only", name, "--repeats", "1", "--model", model]
            + ["--threads", self.threads]
        )
        return json.loads(answer)[name]

    def start(self, model):
        command = [self.path, "run", "--plugin", "off", "--network", "off", "--temperature", "0", "--max-tokens", "1"]
        return first_output(command + ["--model", model, "--threads", self.threads, QUESTION], 0)


class Llama:
    def __init__(self, folder, threads):
        self.folder, self.threads = folder, str(threads)
        self.environment = {**os.environ, "LD_LIBRARY_PATH": folder}

    def speed(self, model, prompt=0, generated=0, depth=0):
        command = [os.path.join(self.folder, "llama-bench"), "-m", model, "-t", self.threads, "-r", "1", "-o", "jsonl"]
        command += ["-p", str(prompt), "-n", str(generated), "-d", str(depth)]
        return json.loads(output_of(command, self.environment).splitlines()[-1])["avg_ts"]

    def start(self, model):
        # Neither a warm-up run nor a larger context than is needed: its quickest and smallest program.
        text = f"<|im_start|>user\n{QUESTION}<|im_end|>\n<|im_start|>assistant\n"
        command = [os.path.join(self.folder, "llama-simple"), "-m", model, "-n", "1", text]
        return first_output(command, len(text.encode()), self.environment)


@dataclasses.dataclass
class Figure:
    """One line of the table. Speeds must be at least `required` times llama.cpp's, times and memory at most."""

    name: str
    words: str
    unit: str
    required: Optional[float] = None
    limit: Optional[float] = None
    more_is_better: bool = True
    ours: list = dataclasses.field(default_factory=list)
    theirs: list = dataclasses.field(default_factory=list)

    def summary(self):
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        ratio = ours / theirs
        ratios = [a / b for a, b in zip(self.ours, self.theirs)]
        holds = None
        if self.required is not None:
            holds = ratio >= self.required if self.more_is_better else ratio <= self.required
            holds = holds and (self.limit is None or ours <= self.limit)
        return {
            "name": self.name, "unit": self.unit, "spa": round(ours, 2), "llama_cpp": round(theirs, 2),
            "ratio": round(ratio, 3), "ratios": [round(r, 3) for r in ratios], "required": self.required,
            "limit": self.limit, "holds": holds,
        }  # fmt: skip

    def line(self):
        facts = self.summary()
        low, high = min(facts["ratios"]), max(facts["ratios"])
        text = f"  {self.words:<34}{facts['spa']:>9.1f}{facts['llama_cpp']:>11.1f} {self.unit:<9}"
        text += f"{facts['ratio']:>6.2f} ({low:.2f}–{high:.2f})"
        if facts["holds"] is None:
            return text
        need = ("at least " if self.more_is_better else "at most ") + f"{self.required:g}"
        if self.limit is not None:
            need += f" and {self.limit:g} {self.unit}"
        return f"{text:<88}{need:<26}{'holds' if facts['holds'] else 'DOES NOT HOLD'}"


@dataclasses.dataclass
class Trial:
    """Something that both programs do; it gives a number for each of `figures`."""

    title: str
    ours: Callable
    theirs: Callable
    figures: list
    times: int = 1


def trials(spa, llama, same, best, kinds):
    def speeds(title, key, our_file, their_file, words, required, **work):
        return Trial(
            title,
            lambda: (spa.speed(our_file, **work),),
            lambda: (llama.speed(their_file, **work),),
            [Figure(key, words, "tokens/s", required)],
        )

    def pair(title, key, our_file, their_file, generation, deep, prompt):
        if "generation" in kinds:
            files = (title, f"tg128{key}", our_file, their_file, "generation of 128", generation)
            yield speeds(*files, generated=128)
            files = (title, f"tg128_d2048{key}", our_file, their_file, "generation of 128 after 2048", deep)
            yield speeds(*files, generated=128, depth=2048)
        if "prompt" in kinds:
            yield speeds(title, f"pp512{key}", our_file, their_file, "prompt of 512", prompt, prompt=512)

    yield from pair("the same Q4_1 file", "", same, same, 2.0, 2.0, 6.0)
    if "start" in kinds:
        figures = [
            Figure("first_token_ms", "start to first token, prompt of 20", "ms", 0.5, 90, more_is_better=False),
            Figure("peak_rss_mib", "peak memory of that process", "MiB", 0.9, more_is_better=False),
        ]
        yield Trial("the same Q4_1 file", lambda: spa.start(same), lambda: llama.start(same), figures, times=3)
    yield from pair("spa on Q4_1, llama.cpp on Q4_0", "_vs_q4_0", same, best, 1.4, None, 2.0)
    yield from pair("both on Q4_0", "_q4_0", best, best, 1.4, None, 2.0)


def compare(options, spa, llama):
    chosen = list(trials(spa, llama, options.model, options.q4_0, options.only))
    load = os.getloadavg()[0]
    warn(load)
    for round_number in range(options.rounds):
        for trial in chosen:
            say(f"round {round_number + 1} of {options.rounds}: {trial.title}, {trial.figures[0].words}")
            for turn in range(trial.times):
                # Whoever goes first changes, in case the first finds a quieter or cooler machine.
                sides = [(trial.ours, "ours"), (trial.theirs, "theirs")]
                for measure, side in sides if (round_number + turn) % 2 == 0 else sides[::-1]:
                    for figure, value in zip(trial.figures, measure()):
                        getattr(figure, side).append(value)
    say("")
    if options.json:
        figures = [figure.summary() for trial in chosen for figure in trial.figures]
        return print(json.dumps({**facts(options, load), "figures": figures}))
    print(f"load average {load:.2f} at the start, {options.threads} threads, medians of {options.rounds} rounds")
    title = ""
    for trial in chosen:
        if trial.title != title:
            title = trial.title
            print(f"\n{title:<36}{'spa':>9}{'llama.cpp':>11} {'':<9}{'ratio (rounds)':<20}")
        for figure in trial.figures:
            print(figure.line())


def warn(load):
    if load > 1.5:
        print(f"demo/compare: the load average is {load:.1f}: ratios and times say little", file=sys.stderr)


def facts(options, load):
    return {"load_average": round(load, 2), "threads": options.threads, "rounds": options.rounds}


@contextlib.contextmanager
def busy_cores():
    """Keeps every core busy with a process of the usual priority; each ends by itself when this one is gone."""
    loop = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(1000000): pass"
    loops = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(os.cpu_count())]
    try:
        time.sleep(0.5)
        yield
    finally:
        for process in loops:
            process.kill()
            process.wait()


def compare_busy(options, spa, llama):
    """Generation with and without other work. With as much other work as there are cores, a thread gets half a core."""
    cores = os.cpu_count()
    share = cores / (cores + min(options.threads, cores))
    load = os.getloadavg()[0]
    warn(load)
    programs = {"spa": spa, "llama.cpp": llama}
    quiet, busy = ({name: [] for name in programs} for _ in range(2))
    for round_number in range(options.rounds):
        order = list(programs) if round_number % 2 == 0 else list(programs)[::-1]
        for name in order:
            say(f"round {round_number + 1} of {options.rounds}: {name}, quiet")
            quiet[name].append(programs[name].speed(options.model, generated=32))
        with busy_cores():
            for name in order:
                say(f"round {round_number + 1} of {options.rounds}: {name}, busy")
                busy[name].append(programs[name].speed(options.model, generated=32))
    say("")
    result = {}
    for name in programs:
        before, after = statistics.median(quiet[name]), statistics.median(busy[name])
        result[name.replace(".", "_")] = {
            "quiet": round(before, 2), "busy": round(after, 2), "fraction": round(after / before, 3),
            "fractions": [round(b / a, 3) for a, b in zip(quiet[name], busy[name])],
        }  # fmt: skip
    # In proportion: no less than three quarters of the share that the other work leaves.
    holds = result["spa"]["fraction"] >= 0.75 * share
    if options.json:
        return print(json.dumps({**facts(options, load), **result, "share": round(share, 3), "holds": holds}))
    print(f"load average {load:.2f} at the start, {options.threads} threads, medians of {options.rounds} rounds")
    print(f"\n{'generation of 32, tokens/s':<36}{'quiet':>9}{'busy':>9}   {'fraction (rounds)':<20}")
    for name, facts_of in zip(programs, result.values()):
        low, high = min(facts_of["fractions"]), max(facts_of["fractions"])
        text = f"  {name:<34}{facts_of['quiet']:>9.1f}{facts_of['busy']:>9.1f}   {facts_of['fraction']:.2f} ({low:.2f}–{high:.2f})"
        if name == "spa":
            need = f"at least {0.75 * share:.2f}: three quarters of its share of the cores"
            text += f"   {need}   {'holds' if holds else 'DOES NOT HOLD'}"
        print(text)


def kinds(text):
    names = text.split(",")
    if not set(names) <= set(KINDS):
        raise argparse.ArgumentTypeError(f"'{text}' is not made of {', '.join(KINDS)}")
    return names


def positive(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number of 1 or more")
    return int(text)


def main():
    parser = argparse.ArgumentParser(prog="demo/compare", allow_abbrev=False)
    for name in ("--spa", "--llama", "--model", "--q4-0"):
        parser.add_argument(name, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=positive, default=5)
    parser.add_argument("--threads", type=positive, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", type=kinds, default=list(KINDS))
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run = compare_busy if options.busy else compare
    try:
        run(options, Spa(options.spa, options.threads), Llama(options.llama, options.threads))
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.TimeoutExpired as error:
        sys.exit(f"demo/compare: error: {error.cmd[0]} took longer than {TIMEOUT} s")


if __name__ == "__main__":
    main()
