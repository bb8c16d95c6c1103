"""Checks the JSON that spa prints against the design: names, kinds, and that the figures agree with each other.

json_output.py KIND FILE [ARGUMENT...]; ends with a message and status 1 where something is wrong.
"""

import json
import math
import sys

TOKEN = {"event", "index", "id", "text", "path", "probability", "effect", "threshold", "milliseconds", "bytes"}
SUMMARY = {
    "event", "tokens", "side_tokens", "usage_percent", "transmissions", "prompt_tokens", "first_token_ms",
    "tokens_per_second", "milliseconds", "bytes", "stop",
}  # fmt: skip
PARTS = {"base", "device", "uplink", "downlink", "total"}


def need(condition, message):
    if not condition:
        sys.exit(message)


def has(names, record, optional=()):
    missing = names - set(record) - set(optional)
    need(not missing, f"missing {sorted(missing)} in {record}")


def close(a, b, tolerance=0.01):
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)


def events(path, mode, network):
    records = [json.loads(line) for line in open(path, encoding="utf-8")]
    need(len(records) >= 2, "fewer than two lines")
    tokens, summary = records[:-1], records[-1]
    need(summary["event"] == "summary", f"the last line is no summary: {summary}")
    has(SUMMARY, summary)
    for index, token in enumerate(tokens):
        need(token["event"] == "token" and token["index"] == index, f"token {index}: {token}")
        has(TOKEN, token, optional={"effect"})
        has(PARTS, token["milliseconds"])
        has({"up", "down"}, token["bytes"])
        need(token["path"] in ("base", "side"), f"path: {token}")
        need(mode == "gated" or token["path"] == mode, f"a {token['path']} token in mode {mode}")
        need(isinstance(token["id"], int) and isinstance(token["text"], str), f"id or text: {token}")
        if mode == "gated":
            side = token["probability"] > token["threshold"]
            need(side == (token["path"] == "side"), f"path is not what probability and threshold say: {token}")
        times, sent = token["milliseconds"], token["bytes"]
        if token["path"] == "base":
            need(sent == {"up": 0, "down": 0}, f"a base token sent something: {token}")
            need(times["uplink"] == 0 and times["downlink"] == 0 and times["device"] == 0, f"a base token waited: {token}")
        else:
            need(sent["up"] > 0 and sent["down"] > 0, f"a side token sent nothing: {token}")
            if network != "off":
                waited = times["uplink"] + times["downlink"]
                need(waited >= float(network) * 0.99, f"waited {waited} ms for a round trip of {network} ms")
    side_tokens = sum(t["path"] == "side" for t in tokens)
    # The end of the turn is a token, but has no line of its own where it is not shown.
    need(summary["tokens"] - len(tokens) in (0, 1), f"{summary['tokens']} tokens, {len(tokens)} lines")
    need(summary["side_tokens"] - side_tokens in (0, 1), f"{side_tokens} side lines: {summary}")
    need(close(summary["usage_percent"], 100 * summary["side_tokens"] / summary["tokens"], 0.1), f"usage: {summary}")
    need(summary["stop"] in ("end_of_turn", "length", "cancelled"), f"stop: {summary}")
    has(PARTS, summary["milliseconds"])
    has({"up", "down"}, summary["bytes"])
    if summary["tokens"] == len(tokens):
        need(summary["transmissions"] == side_tokens, f"transmissions: {summary}")
        for part in PARTS:
            total = sum(t["milliseconds"][part] for t in tokens)
            need(close(total, summary["milliseconds"][part], 0.02), f"{part}: {total} against {summary}")
        for direction in ("up", "down"):
            need(sum(t["bytes"][direction] for t in tokens) == summary["bytes"][direction], f"bytes {direction}")
    if mode == "gated":
        text = "".join(t["text"] for t in tokens)
        need(network != "off" or "Side Plugin Adaptation" in text, f"the answer: {text}")


def retracted(path):
    """An answer that repeated itself: tokens, how many of them are taken back, the summary of the others."""
    *tokens, back, summary = [json.loads(line) for line in open(path, encoding="utf-8")]
    need(all(t["event"] == "token" for t in tokens) and back["event"] == "retracted", f"no tokens are taken back: {back}")
    need(0 < back["tokens"] < len(tokens), f"{back} of {len(tokens)}")
    need(summary["tokens"] == len(tokens) - back["tokens"], f"{len(tokens)} tokens, {back}, {summary}")
    total = sum(t["milliseconds"]["total"] for t in tokens)
    need(close(total, summary["milliseconds"]["total"], 0.02), f"what is taken back took its time: {total}, {summary}")


def tokenize(path, text):
    answer = json.load(open(path, encoding="utf-8"))
    tokens = answer["tokens"] if isinstance(answer, dict) else answer
    ids = answer.get("ids") if isinstance(answer, dict) else None
    if tokens and isinstance(tokens[0], dict):
        ids = [t["id"] for t in tokens]
        pieces = [t.get("piece", t.get("text")) for t in tokens]
    else:
        pieces = answer.get("pieces", tokens)
    need(ids and all(isinstance(i, int) for i in ids), f"no ids in {answer}")
    need("".join(pieces).replace("Ġ", " ") == text, f"pieces {pieces} are not {text!r}")
    need(1 not in ids and 2 not in ids, "text that spells a special token became one")


def perplexity(path):
    answer = json.load(open(path, encoding="utf-8"))
    has({"tokens", "mean_loss", "loss"}, answer)
    need(0 < answer["mean_loss"] < 12, f"mean_loss {answer['mean_loss']}")
    need(abs(len(answer["loss"]) - answer["tokens"]) <= 1, "one loss a token")
    need(close(sum(answer["loss"]) / len(answer["loss"]), answer["mean_loss"]), "mean_loss is not the mean of loss")


def near(first, second):
    a, b = (json.load(open(p, encoding="utf-8"))["mean_loss"] for p in (first, second))
    # The design's 0.02 nats hold for a page of text (RealModelTests); this is one line.
    need(abs(a - b) < 0.1, f"fast {a}, reference {b}")


def evaluate(path, examples):
    answer = json.load(open(path, encoding="utf-8"))
    has({"rouge_l", "loss", "usage_percent", "examples", "transmissions_per_token"}, answer)
    need(answer["examples"] == int(examples), f"examples: {answer}")
    need(0 <= answer["rouge_l"] <= 100 and 0 <= answer["usage_percent"] <= 100, f"not in percent: {answer}")
    need(answer["loss"] > 0, f"loss: {answer}")


def conversations(path, count):
    answer = json.load(open(path, encoding="utf-8"))
    need(answer["conversations"] == int(count), f"conversations: {answer}")
    need(answer["turns"] == len(answer["answers"]) > int(count), f"turns: {answer}")
    kinds = {"on", "preamble", "followup", "general", "untaught"}
    has(kinds | {"on_subject", "general_later"}, answer["groups"])
    need(sum(answer["groups"][kind]["turns"] for kind in kinds) == answer["turns"], f"groups: {answer}")
    need(sum(turn["of"] for turn in answer["right_by_turn"]) == answer["groups"]["on_subject"]["right"]["of"], "right")
    for turn in answer["answers"]:
        has({"user", "kind", "answer", "marked", "right", "side_facts", "base_facts"}, turn)


def bench(path, names, start):
    answer = json.load(open(path, encoding="utf-8"))
    names = names.split(",")
    has(set(names) | {"threads", "load_average", "load_ms", "model", "limits", "fractions", "samples"}, answer)
    need(list(answer["samples"]) == list(answer["fractions"]) and set(answer["samples"]) == set(names), f"{answer}")
    figures = [answer[name] for name in names] + list(answer["fractions"].values()) + [answer["load_ms"]]
    figures += [value for samples in answer["samples"].values() for value in samples]
    if start == "yes":
        figures += [answer["peak_rss_mib"], answer["first_token_ms"]]
        need(20 < answer["peak_rss_mib"] < 1000, f"memory: {answer}")
    limits = dict(answer["limits"])
    need(limits.pop("int8"), f"no instructions: {limits}")
    need("int8_gops" in limits or "int8_gops_1t" in limits, f"limits: {limits}")
    need(all(value > 0 for value in figures + list(limits.values())), f"a figure is not positive: {answer}")


CHECKS = {
    "events": events, "tokenize": tokenize, "perplexity": perplexity, "near": near, "evaluate": evaluate,
    "conversations": conversations, "bench": bench, "retracted": retracted,
}  # fmt: skip
CHECKS[sys.argv[1]](*sys.argv[2:])
