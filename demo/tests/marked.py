"""Reads a screen from `tmux capture-pane -p -e` on standard input; succeeds if somewhere on it the given text has
letters that are underlined and coloured (SGR 4 and a foreground), which is how side tokens look."""

import re
import sys

wanted = sys.argv[1]
for line in sys.stdin.read().split("\n"):
    text, marks, underline, coloured = "", [], False, False
    for part in re.split(r"(\x1b\[[0-9;:]*m|\x1b[()].|\x0e|\x0f)", line):
        if part.startswith("\x1b[") and part.endswith("m"):
            codes = [int(c or 0) for c in part[2:-1].replace(":", ";").split(";")]
            while codes:
                code = codes.pop(0)
                if code == 0:
                    underline = coloured = False
                elif code == 4:
                    underline = True
                elif code == 24:
                    underline = False
                elif 30 <= code <= 37 or 90 <= code <= 97:
                    coloured = True
                elif code == 39:
                    coloured = False
                elif code in (38, 48):
                    codes = codes[2:] if codes[:1] == [5] else codes[4:]
                    coloured = coloured or code == 38
        elif not part.startswith(("\x1b", "\x0e", "\x0f")):
            text += part
            marks += [underline and coloured] * len(part)
    start = text.find(wanted)
    while start >= 0:
        letters = [m for c, m in zip(text[start:], marks[start : start + len(wanted)]) if not c.isspace()]
        if sum(letters) * 2 > len(letters):
            sys.exit(0)
        start = text.find(wanted, start + 1)
sys.exit(1)
