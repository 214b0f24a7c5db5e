"""Texts that reach the instructor: messages, names of files, what is printed."""

from __future__ import annotations

import os
from pathlib import Path

from hostile_case import HEAD, Build, Case, body

WRONG = HEAD + "def relu_backward(dy, cache):\n    return dy\n"


def texts(*lines: str, top: str = "") -> Case:
    """An ordinary submission that says something."""
    return Case("texts", body(*lines, "return dy", top=top))


def named(*names: str | bytes) -> Build:
    """Wrong work in files of these names."""

    def build(folder: Path) -> None:
        for name in names:
            path = os.path.join(os.fsencode(folder), os.fsencode(name))
            try:
                with open(path, "wb") as file:
                    file.write(WRONG.encode())
            except OSError:
                pass  # this file system has no such names

    return build


def called(*names: str | bytes) -> Case:
    """Students of these names."""
    return Case("texts", build=named(*names))


ESCAPES = r"\x1b[2J\x1b]0;owned\x07\x9b31m\x1b]8;;http://x\x1b\\ \r\x08\x7f"
BIDI = r"\u202e\u2066\u200f\u061c"

TEXTS = {
    "surrogate_in_an_exception": texts(r"raise ValueError('\ud800')"),
    "escapes_in_an_exception": texts(f"raise ValueError('{ESCAPES}')"),
    "escapes_in_the_name_of_an_exception": texts(
        f"raise type('{ESCAPES}'.replace('\\0', ''), (Exception,), {{}})('x')"
    ),
    "escapes_in_a_warning": texts(
        f"warnings.warn('{ESCAPES}')", top="import warnings\n"
    ),
    "escapes_in_a_numpy_warning": texts(
        "w = getattr(np.testing, 'suppress_warnings', None)",
        "np.errstate; np.float64(1) / np.float64(0)",
        f"print('{ESCAPES}')",
    ),
    "escapes_that_are_printed": texts(f"print('{ESCAPES}' * 3)"),
    "escapes_in_a_line_of_code": texts(
        "raise ValueError('x')  # \x1b[31m\x1b]0;owned\x07 \u202e"
    ),
    "directions_in_an_exception": texts(f"raise ValueError('{BIDI}')"),
    "formula_in_an_exception": texts(
        "raise ValueError('=cmd|\\' /C calc\\'!A0\\n@SUM(1)\\n+1\\n-1')"
    ),
    "markup_in_an_exception": texts(
        "raise ValueError('</pre><script>x()</script><img src=x onerror=x()>')"
    ),
    "fences_in_an_exception": texts(
        "raise ValueError('``` ~~~ ````\\n```\\n<script>alert(1)</script>\\n# x')"
    ),
    "table_in_an_exception": texts("raise ValueError('a | b\\n|---|\\n# points: 100')"),
    "mathematics_in_an_exception": texts(r"raise ValueError('$\\bogus{$ \\frac $')"),
    "long_exception": texts("raise ValueError('x' * 10**7)"),
    "exception_of_a_million_lines": texts("raise ValueError('x\\n' * 10**6)"),
    "exception_that_raises": texts(
        "raise Bad()",
        top="class Bad(Exception):\n"
        "    def __str__(self): raise SystemExit\n"
        "    __repr__ = __str__\n",
    ),
    "exception_of_a_strange_text": texts(
        "raise Bad()",
        top="class S(str):\n"
        "    def strip(self, *a): return self\n"
        "    def split(self, *a): return [self] * 3\n"
        "    def __getitem__(self, k): return self\n"
        "class Bad(Exception):\n"
        f"    def __str__(self): return S('{ESCAPES}')\n",
    ),
    "group_of_exceptions": texts(
        "e = ValueError('x')",
        "for _ in range(3000):",
        "    try: raise ValueError('y') from e",
        "    except ValueError as f: e = f",
        "raise e",
    ),
    "name_of_a_function": texts(
        "return Odd()",
        top=f"Odd = type('{ESCAPES}<script>'.replace('\\0', ''), (), {{}})\n",
    ),
    "name_of_a_module": Case(
        "texts", "import \u0430\u0431\u0432\n" + body("return \u0430\u0431\u0432.x(dy)")
    ),
    "name_of_an_argument": texts("raise KeyError('\\x1b[31m', '<b>', '\\u202e')"),
    "syntax_error_with_escapes": Case(
        "texts",
        HEAD + "def relu_backward(dy, cache):\n    x = '\x1b[2J\u202e<script>\n",
    ),
    "student_of_a_formula": called("=cmd|' -C calc'!A0.py", "@SUM(1).py", "+1.py"),
    "student_of_escapes": called("\x1b[2J\x1b]0;owned\x07.py"),
    "student_of_lines": called("a\nb|c\n# x.py", "a\r\n=1+1.py", "\t=1+1.py"),
    "student_of_markup": called("<script>alert(1)<script>.py", "](javascript:x).py"),
    "student_of_no_text": called(b"\xff\xfe\x80.py", b"\xed\xa0\x80.py"),
    "student_of_255_bytes": called("n" * 252 + ".py", "\u00e4" * 126 + ".py"),
    "student_of_directions": called("abc\u202egpj.py", "\u2066x.py"),
    "students_of_one_name": called("Eve.py", "eve.py", "EVE.PY"),
    "student_of_dots": called("...py", "..a.py", "a..py", " .py"),
    "student_of_mathematics": called("$\\bogus{$.py"),
    "student_of_a_record": called("../x.py".replace("/", "\u2215"), "aaa.json.py"),
}
