"""Checks the bundled plugin's rows, and judges its answers about keys and slash commands.

    plugin_rows.py rows FOLDER TRAIN DEVELOPMENT HELD-OUT     rows of FOLDER (demo/plugin) and of the tables, together
    plugin_rows.py phrasings TABLES PHRASINGS                 PHRASINGS as rows: each has the answer to the question that it stands for
    plugin_rows.py without ROWS CONVERSATIONS…                ROWS less those whose question a scripted conversation asks
    plugin_rows.py names TRAIN KEYS MANUAL                    every key of `spa doctor --keys` and command of the man page is asked
    plugin_rows.py questions HELD-OUT                         the rows that ask for a key or a command by its name
    plugin_rows.py control QUESTIONS                          what the judge says of right and of exchanged answers
    plugin_rows.py judge QUESTIONS ANSWERS                    what it says of `spa evaluate --answers`

Prints what is wrong, one a line; ends with status 1 where something is."""

import glob
import json
import re
import sys

# Words that say nothing of what a key does, and those of the frame: "To …, press F6", "The slash command to … is /save".
EMPTY = set("a an the of to or and by for in on at its it as your you that then is are be was what with in so".split())
EMPTY |= set("press type slash command key".split())
RIGHT_PERCENT = 95


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def plain(text):
    """A question without its end, whatever its case."""
    return re.sub(r"[\s?!.]+$", "", text.lower())


def question(row):
    """The question with those that it follows on, as one text."""
    if "messages" in row:
        texts = [m["content"] for m in row["messages"] if m["role"] == "user"]
    else:
        texts = [row["prompt"]]
    return " / ".join(plain(text) for text in texts)


def answer(row):
    return row["messages"][-1]["content"] if "messages" in row else row["response"]


def stem(word):
    """Without the ending of the third person: "copies" and "copy", "raises" and "raise" are one."""
    return re.sub(r"(?<=\w\w)(es|s|e)$", "", re.sub(r"ies$", "y", word))


def words(text, name=""):
    """The words that say something; the name asked for is none of them."""
    text = text.replace(name, " ") if name else text
    found = re.findall(r"/?\w+(?:[.'-]\w+)*", text.lower())
    return {stem(word) for word in found if word not in EMPTY}


def likeness(one, other):
    """Twice the shared words by all words (F1)."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


def right(row, text, purposes):
    """The answer names what was asked for, has most of the purpose's words, and no other purpose is nearer."""
    text = text.split("\n")[0]
    wanted = words(row["response"], row["about"])
    said = words(text, row["about"])
    own = likeness(said, wanted)
    if row["about"].lower() not in text.lower() or own < 0.5 or len(said & wanted) < 0.6 * len(wanted):
        return False
    return all(likeness(said, other) < own for other in purposes if other != wanted)


def check_rows(folder, *tables):
    problems = []
    parts = ["train", "development", "heldout"]
    rows = {part: read(f"{folder}/{part}.jsonl") + read(table) for part, table in zip(parts, tables)}
    further, unknown = phrasings(tables[0], f"{folder}/phrasings.jsonl")
    rows["train"] += further
    problems += unknown
    seen = {}
    for part in parts:
        for row in rows[part]:
            if question(row) in seen:
                problems.append(f"asked twice ({seen[question(row)]}, {part}): {question(row)}")
            seen[question(row)] = part
    taught = {answer(row) for row in rows["train"]}
    for part in parts[1:]:
        problems += [f"{part} asks what is not taught: {answer(row)}" for row in rows[part] if answer(row) not in taught]
    for row in read(f"{folder}/anchors.jsonl"):
        if question(row) in seen:
            problems.append(f"an anchor is a row as well ({seen[question(row)]}): {question(row)}")
    scripted = glob.glob(f"{folder}/../conversations/*/conversations.jsonl")
    asked = {plain(turn["user"]) for path in scripted for row in read(path) for turn in row["turns"]}
    written = [question(row).split(" / ")[-1] for row in read(f"{folder}/train.jsonl") + read(f"{folder}/anchors.jsonl") + further]
    problems += [f"a scripted conversation asks it word for word: {text}" for text in written if text in asked]
    for part in parts:
        print(f"note: {part} has {len(rows[part])} rows", file=sys.stderr)
    # Of a fact the side learns one way to ask, and the question gate all.
    if not 400 <= len(taught) <= 700:
        problems.append(f"{len(taught)} answers to learn: too few to know the program, or too many to be quick")
    return problems


def phrasings(tables, path):
    answers = {row["prompt"]: row["response"] for row in read(tables) if "prompt" in row}
    rows, problems = [], []
    for row in read(path):
        if row["as"] in answers:
            rows.append({"prompt": row["prompt"], "response": answers[row["as"]]})
        else:
            problems.append(f"{path}: no table asks {row['as']}")
    return rows, problems


def check_names(train, keys, manual):
    about = {row["about"].lower() for row in read(train) if row["by_name"]}
    spoken = {"←": "left", "→": "right", "-": "minus", "+": "plus"}
    problems = []
    for line in open(keys, encoding="utf-8"):
        listed = re.split(r"\s{2,}", line.strip())[1]
        for name in listed.split(", "):
            if spoken.get(name, name.lower()) not in about:
                problems.append(f"nobody asks for the key {name}")
    names = re.findall(r"^\.B (/\w+)", open(manual, encoding="utf-8").read().replace("\\-", "-"), re.MULTILINE)
    problems += [f"nobody asks for the command {name}" for name in names if name not in about]
    if len(names) < 20:
        problems.append(f"only {len(names)} commands in the man page")
    return problems


def control(path):
    rows = read(path)
    purposes = [words(row["response"], row["about"]) for row in rows]
    problems = [f"the table's own answer is judged wrong: {r['response']}" for r in rows if not right(r, r["response"], purposes)]
    # Every row with every answer to something else, said of what was asked: the name alone is not to give it away.
    pairs = [(row, other) for row, mine in zip(rows, purposes) for other, its in zip(rows, purposes) if mine != its]
    exchanged = [(row, other["response"].replace(other["about"], row["about"])) for row, other in pairs]
    passed = [(row, text) for row, text in exchanged if right(row, text, purposes)]
    print(f"note: {len(pairs)} exchanged answers, {len(passed)} judged right", file=sys.stderr)
    return problems + [f"judged right for {row['about']}: {text}" for row, text in passed]


def judge(path, answers):
    rows = read(path)
    purposes = [words(row["response"], row["about"]) for row in rows]
    given = {}
    asked = None
    for line in open(answers, encoding="utf-8"):
        if line.startswith("? "):
            asked = line[2:].rstrip("\n")
        elif line.startswith("  answer  ") and asked is not None:
            given[asked] = re.sub(r"\s+\[usage [^\]]*\]$", "", line[len("  answer  ") :].rstrip("\n"))
            asked = None
    missing = [row["prompt"] for row in rows if row["prompt"] not in given]
    if missing:
        return [f"no answer to: {prompt}" for prompt in missing]
    wrong = [row for row in rows if not right(row, given[row["prompt"]], purposes)]
    percent = 100 * (len(rows) - len(wrong)) / len(rows)
    print(f"note: right {percent:.1f} % ({len(rows) - len(wrong)} of {len(rows)})", file=sys.stderr)
    for row in wrong:
        print(f"note: {row['about']}: wanted “{row['response']}”, got “{given[row['prompt']]}”", file=sys.stderr)
    return [] if percent >= RIGHT_PERCENT else [f"{percent:.1f} % of the keys and commands are right, not {RIGHT_PERCENT} %"]


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "without":
        asked = {plain(turn["user"]) for path in arguments[1:] for row in read(path) for turn in row["turns"]}
        for row in read(arguments[0]):
            if question(row).split(" / ")[-1] not in asked:
                print(json.dumps(row, ensure_ascii=False))
        return
    if command == "questions":
        for row in read(arguments[0]):
            if row["by_name"] and not row["about"].startswith("--"):
                print(json.dumps(row, ensure_ascii=False))
        return
    if command == "phrasings":
        rows, problems = phrasings(*arguments)
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        sys.exit("\n".join(problems) if problems else 0)
    commands = {"rows": check_rows, "names": check_names, "control": control, "judge": judge}
    problems = commands[command](*arguments)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


main()
