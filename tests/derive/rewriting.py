"""Other ways to write the same formula: text by text, without the parser's help."""

import re

POOL = "rtleqfao"
REDUCE = ("sum", "mean", "max", "min", "argmax", "argmin")
SUBSCRIPT = re.compile(r"_(\{[^{}]*\}|[a-z]+\d?\b)")


def variants(text: str) -> list[str]:
    """The formula itself and what says the same of other letters, signs and orders."""
    found = [text]
    for change in (renamed, swapped, braced, spelled, bracketed, signed, spaced):
        found.append(change(text))
    found += [bracketed(renamed(text)), spelled(swapped(text)), spaced(signed(text))]
    return list(dict.fromkeys(found))


def names(text: str) -> set[str]:
    """What stands before subscripts, and whatever is no index."""
    bare = SUBSCRIPT.sub(" ", text)
    return set(re.findall(r"[A-Za-z]+", re.sub(r"\[[^]]*\]", " ", bare)))


def letters(text: str) -> list[str]:
    """Those that are only indices, in the order in which they occur."""
    inside = " ".join(m[1] for m in SUBSCRIPT.finditer(text))
    inside = re.sub(r"[a-z]_", " ", inside.replace("_real", "").replace("_fake", ""))
    inside = re.sub(r"\b(real|fake)\b", " ", inside)
    found = [c for c in dict.fromkeys(re.findall(r"[a-z]", inside))]
    return [c for c in found if c not in names(text) | {"s", "k", "w"}]


def renamed(text: str) -> str:
    """Other letters for the indices."""
    if "1_" in text or "sum_n dy" in text and "dy_" not in text or "einsum" in text:
        return text
    if re.search(r"\[([a-z]) = \1\]", text):  # only their names say what they run over
        return text
    old = letters(text)
    taken = names(text) | set("skw") | set(re.findall(r"\b[a-z]\b", text))
    free = [c for c in POOL if c not in old and c not in taken]
    if len(free) < len(old):
        return text
    new = dict(zip(old, free, strict=False))

    def change(match: re.Match[str]) -> str:
        if match[0] in ("_real", "_fake"):
            return match[0]
        inside = re.sub(r"([a-z])(?!_)", lambda m: new.get(m[1], m[1]), match[0])
        return re.sub(r"_real|_fake", lambda m: m[0], inside)

    text = SUBSCRIPT.sub(change, text)
    return re.sub(
        r"\[[^]]*\]",
        lambda m: re.sub(r"\b[a-z]\b(?!_)", lambda c: new.get(c[0], c[0]), m[0]),
        text,
    )


def swapped(text: str) -> str:
    """Two factors with indices change places."""
    factor = r"([A-Za-z]+)_(\{[^{}]*\}|[a-z]{2,})"
    pair = re.compile(rf"(?<![/\w] )(?<![\w/]){factor} {factor}(?![\w^/])")

    def change(match: re.Match[str]) -> str:
        if match[1] in REDUCE or match[3] in REDUCE:
            return match[0]
        return f"{match[3]}_{match[4]} {match[1]}_{match[2]}"

    return pair.sub(change, text)


def braced(text: str) -> str:
    """dy_nj becomes dy_{n, j}."""

    def change(match: re.Match[str]) -> str:
        if match[1] in REDUCE or match[2] in ("real", "fake"):
            return match[0]
        return f"{match[1]}_{{{', '.join(match[2])}}}"

    return re.sub(r"\b([A-Za-z]+)_([a-z]{1,4})\b(?!_)(?![^{]*\})", change, text)


def spelled(text: str) -> str:
    """The same signs in other spellings."""
    for old, new in (
        ("^T", ".T"),
        ("sum_", "Σ_"),
        ("sigma(", "σ("),
        ("^2", "**2"),
        (" * ", " ⊙ "),
        ("lam", "λ"),
        ("<=", "≤"),
        ("exp", "\\exp"),
    ):
        text = text.replace(old, new)
    return text


def bracketed(text: str) -> str:
    """Every right side in brackets."""
    return "; ".join(_right(e, "({})") for e in text.split("; "))


def signed(text: str) -> str:
    """Minus minus."""
    return "; ".join(_right(e, "-(-({}))") for e in text.split("; "))


def _right(equation: str, frame: str) -> str:
    left, sign, right = re.split(r"( \+?= )", equation, maxsplit=1)
    return left + sign + frame.format(right)


def spaced(text: str) -> str:
    """A line for each equation, gradients as quotients, a remark."""
    lines = [re.sub(r"^d([A-Za-z]+)", r"dL/d\1", e) for e in text.split("; ")]
    defined = {e.split("=")[0].strip(" +") for e in text.split("; ")}
    if any(d.split("_")[0] in ("dz", "d") for d in defined):
        lines = text.split("; ")
    return "\n".join(f"  {line}   # here" for line in lines)
