"""Prints the results of demo/conversations/study as one table of Markdown.

    python3 demo/lib/conversations.py FOLDER HALF... [personal]
"""

import glob
import json
import math
import os
import sys


def results(folder, pattern):
    found = sorted(glob.glob(os.path.join(folder, pattern + ".json")))
    if not found:
        sys.exit(f"demo/conversations/study: error: {folder} has no results {pattern}; run the study again")
    parts = []
    for path in found:
        with open(path, encoding="utf-8") as file:
            parts.append(json.load(file))
    return parts


def share(parts):
    """Counts of several reports as one percentage with its standard error, turns taken as independent."""
    count, of = sum(part["count"] for part in parts), sum(part["of"] for part in parts)
    if of == 0:
        return "–"
    rate = count / of
    return f"{100 * rate:.1f} ± {100 * math.sqrt(rate * (1 - rate) / of):.1f} ({count} of {of})"


def main():
    folder, halves = sys.argv[1], [name for name in sys.argv[2:] if name != "personal"]
    columns, rows = [], []

    def cell(row, text):
        if row not in [name for name, _ in rows]:
            rows.append((row, {}))
        dict(rows)[row][columns[-1]] = text

    for half in halves:
        for name, pattern in (("bundled", f"{half}-bundled"), ("facts", f"{half}-facts-*")):
            columns.append(f"{half}, {name}")
            reports = results(folder, pattern)

            def of(group, what, parts=reports):
                return share([part["groups"][group][what] for part in parts])

            cell("turns on the subject: right, %", of("on_subject", "right"))
            cell("– plain", of("on", "right"))
            cell("– after a preamble", of("preamble", "right"))
            cell("– referring back", of("followup", "right"))
            cell("general turns: at most 5 % side, %", of("general", "quiet"))
            cell("– from turn 2", of("general_later", "quiet"))
            cell("untaught turns: the side says a taught fact, %", of("untaught", "side_facts"))
            cell("– the base does", of("untaught", "base_facts"))
            most = max(len(part["right_by_turn"]) for part in reports)
            for turn in range(most):
                parts = [part["right_by_turn"][turn] for part in reports if turn < len(part["right_by_turn"])]
                cell(f"turn {turn + 1}: right, %", share(parts))
            if name == "facts":
                turns = results(folder, f"{half}-turns-*")
                for turn in (0, 2):
                    parts = [part["right_by_turn"][turn] for part in turns]
                    cell(f"unseen paraphrases in turn {turn + 1}: right, %", share(parts))
                cell("– general turn between them: at most 5 % side, %",
                     share([part["groups"]["general"]["quiet"] for part in turns]))
                texts = results(folder, f"{half}-paraphrases-*")
                count = sum(part["examples"] for part in texts)
                mean = sum(part["rouge_l"] * part["examples"] for part in texts) / count
                cell("unseen paraphrases alone: ROUGE-L", f"{mean:.1f} ({count})")

    print("| | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, cells in rows:
        print(f"| {name} | " + " | ".join(cells.get(column, "") for column in columns) + " |")
    if "personal" in sys.argv[2:]:
        gated, side = results(folder, "personal")[0], results(folder, "personal-side")[0]
        print(f"\nPersonal set of 120 rows, {gated['examples']} unseen paraphrases: "
              f"ROUGE-L {gated['rouge_l']:.1f} gated, {side['rouge_l']:.1f} side always.")


if __name__ == "__main__":
    main()
