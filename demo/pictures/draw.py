#!/usr/bin/env python3
"""Draws a terminal screen (standard input: `tmux capture-pane -pe`) as an SVG (standard output)."""
import html
import re
import sys
import unicodedata

CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.4, 17, 12
BACKGROUND, FOREGROUND = "#16181d", "#d8dbe2"
BASIC = ["#16181d", "#d7625e", "#7fbf7f", "#d8b15f", "#6f9fd8", "#b08fd8", "#5fbfbf", "#d8dbe2",
         "#6b7280", "#ef8480", "#a0d8a0", "#efcf85", "#92bdf0", "#cbb0ef", "#88dada", "#ffffff"]


def palette(index):
    """The colour of a 256-colour index."""
    if index < 16:
        return BASIC[index]
    if index < 232:
        index -= 16
        levels = [0, 95, 135, 175, 215, 255]
        return "#%02x%02x%02x" % (levels[index // 36], levels[index // 6 % 6], levels[index % 6])
    grey = 8 + 10 * (index - 232)
    return "#%02x%02x%02x" % (grey, grey, grey)


class Style:
    """What the escape sequences have set so far."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.colour, self.back = None, None
        self.bold = self.underline = self.dim = self.reverse = False

    def apply(self, codes):
        codes = [int(code or 0) for code in codes.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code in (24, 27):
                setattr(self, {24: "underline", 27: "reverse"}[code], False)
            elif code in (38, 48):
                if codes[0] == 5:
                    value, codes = palette(codes[1]), codes[2:]
                else:
                    value, codes = "#%02x%02x%02x" % tuple(codes[1:4]), codes[4:]
                if code == 38:
                    self.colour = value
                else:
                    self.back = value
            elif code == 39:
                self.colour = None
            elif code == 49:
                self.back = None
            elif 30 <= code < 38 or 90 <= code < 98:
                self.colour = BASIC[code - 30 if code < 38 else code - 82]
            elif 40 <= code < 48 or 100 <= code < 108:
                self.back = BASIC[code - 40 if code < 48 else code - 92]

    def attributes(self):
        colour, back = self.colour or FOREGROUND, self.back
        if self.reverse:
            colour, back = back or BACKGROUND, colour
        parts = ['fill="%s"' % colour]
        if self.bold:
            parts.append('font-weight="bold"')
        if self.underline:
            parts.append('text-decoration="underline"')
        if self.dim:
            parts.append('opacity="0.6"')
        return " ".join(parts), back


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def main():
    lines = sys.stdin.read().rstrip("\n").split("\n")
    style, shapes, widest = Style(), [], 0
    for row, line in enumerate(lines):
        column = 0
        for part in re.split(r"(\x1b\[[0-9;]*m|\x0e|\x0f)", line):
            if part.startswith("\x1b["):
                style.apply(part[2:-1])
            elif part and part not in "\x0e\x0f":
                attributes, back = style.attributes()
                cells = sum(width(character) for character in part)
                x, y = MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
                if back:
                    shapes.append('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>'
                                  % (x, y, cells * CELL_WIDTH, CELL_HEIGHT, back))
                if part.strip():
                    shapes.append('<text x="%.1f" y="%d" textLength="%.1f" %s>%s</text>'
                                  % (x, y + 13, cells * CELL_WIDTH, attributes, html.escape(part)))
                column += cells
        widest = max(widest, column)
    size = (widest * CELL_WIDTH + 2 * MARGIN, len(lines) * CELL_HEIGHT + 2 * MARGIN)
    print('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" xml:space="preserve" '
          'font-family="ui-monospace, DejaVu Sans Mono, Menlo, monospace" font-size="14">' % (size + size))
    print('<rect width="100%%" height="100%%" rx="8" fill="%s"/>' % BACKGROUND)
    print("\n".join(shapes))
    print("</svg>")


main()
