r"""From text to a tree, by a grammar that is written out here; nothing is evaluated.

The grammar is LALR(1), read by lark. A subscript is one token of it, which `subscripts`
reads with a grammar of its own, for ``hs+i`` is three names there.
"""

from __future__ import annotations

import re
from functools import cache

from lark import Lark, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from gan_numpy.derive.errors import FormulaError
from gan_numpy.derive.functions import FUNCTIONS
from gan_numpy.derive.nodes import Node
from gan_numpy.derive.tree import Nodes

GRAMMAR = r"""
?cases: sum
      | sum WHERE tests ","? ELSE cases       -> cases
      | sum IF tests ELSE cases               -> cases
      | sum WHERE tests "," sum ELSEWHERE     -> cases

tests: test (AND test)*
test: sum (COMPARE sum)*
sum: [SIGN] term (SIGN term)*
term: factor | factor term                    -> times
    | factor OPERATOR [SIGN] term              -> times
    | REDUCE [SIGN] term                       -> reduce

?factor: atom | factor TRANSPOSE              -> transpose
       | factor POWER exponent                -> power
       | factor SUBSCRIPT                     -> subscript
       | factor METHOD "(" [arguments] ")"    -> method
?exponent: atom | SIGN atom                   -> negative

?atom: NUMBER                                 -> number
     | NAME                                   -> name
     | "(" cases ")"
     | "(" comparison ")"
     | "[" conditions "]"
     | BAR_OPEN cases BAR_CLOSE               -> bars
     | NORM_OPEN cases NORM_CLOSE             -> norm
     | ANGLE_OPEN cases "," cases ANGLE_CLOSE -> inner
     | FUNCTION "(" arguments ")"             -> call
comparison: sum (COMPARE sum)+
conditions: test (("," | AND) test)*
arguments: argument ("," argument)*
?argument: cases | comparison | AXIS          -> axis
         | STRING                             -> text

WHERE.4: /where(?![\w(])/
IF.4: /if(?!\w)/
ELSE.4: /(else|otherwise)(?!\w)/
ELSEWHERE.5: /elsewhere(?!\w)/
AND.4: /and(?!\w)|&/
AXIS.5: /axis\s*=\s*(-?\d+|\(\s*\d+(\s*,\s*\d+)*\s*,?\s*\))/
REDUCE.5: /(?:\\?sum|Σ|∑|\\?mean|\\?max|\\?min|argmax|argmin)_(?:[^\W_]+'*|\{[^{}]*\})/
FUNCTION.4: /\\?(?:FUNCTION_NAMES)(?=\s*\()/
METHOD.4: /\.(?:sum|mean|max|min)(?=\s*\()/
TRANSPOSE.4: /\^\s*(?:\{\s*)?(?:T|⊤|\\top)(?:\s*\})?(?!\w)|\.T(?!\w)|ᵀ/
NAME.2: /(?:d[LP]\/d|∂[LP]\/∂)?\\?[^\W\d_][^\W_]*(?:_[^\W_]+)*'*(?:_\{(?:[^{}]|\{[^{}]*\})*\})?/
SUBSCRIPT.3: /_(?:[^\W_]+|\{(?:[^{}]|\{[^{}]*\})*\})/
NUMBER: /\d+(?:\.(?![a-zT])\d*)?(?:e[-+]?\d+)?|\.\d+/
STRING: /"[^"\n]*"|'[^'\n]*'/
COMPARE: /<=|>=|==|!=|=|<|>|≤|≥|≠/
SIGN: /[-+−]/
POWER.3: /\^|\*\*/
OPERATOR: /\*|@|\/|·|×|⊙|∘|\\cdot|\\odot|\\times/
BAR_OPEN: "\u2983"
BAR_CLOSE: "\u2984"
NORM_OPEN: "\u2985"
NORM_CLOSE: "\u2986"
ANGLE_OPEN: "\u27e8"
ANGLE_CLOSE: "\u27e9"
%ignore /[ \t\u00a0]+/
"""
LONGEST, DEEPEST = 2000, 40


@cache
def parser() -> Lark:
    """The parser, made when it is first needed."""
    names = "|".join(sorted(map(re.escape, FUNCTIONS), key=len, reverse=True))
    grammar = GRAMMAR.replace("FUNCTION_NAMES", names)
    return Lark(
        grammar, start="cases", parser="lalr", maybe_placeholders=True, regex=False
    )


def bracketed(text: str) -> str:
    """Bars and angles as signs that open or close; every character keeps its place."""
    text = text.replace("||", "‖ ")
    text = re.sub(r"<([^<>=\[\]|]*),([^<>=\[\]|]*)>", "\u27e8\\1,\\2\u27e9", text)
    out, operand, depth = [], False, {"|": 0, "‖": 0}
    for sign in text:
        if sign in depth:
            closes = operand and depth[sign] > 0
            depth[sign] += -1 if closes else 1
            out.append({"|": "\u2984\u2983", "‖": "\u2986\u2985"}[sign][not closes])
            operand = closes
        else:
            out.append(sign)
            if not sign.isspace():
                operand = sign.isalnum() or sign in ")]}'\u27e9"
    return "".join(out)


def parse(text: str, known: frozenset[str], offset: int = 0) -> Node:
    """The tree of an expression.

    Parameters
    ----------
    text : str
    known : set of str
        The names that hold an underscore of their own, and words in subscripts.
    offset : int
        Where the expression starts in the text that places are counted in.

    Raises
    ------
    FormulaError
        If it is none; it says what was expected, and where.
    """
    if len(text) > LONGEST:
        says = f"a formula has at most {LONGEST} characters"
        raise FormulaError("syntax", says, offset, offset + len(text))
    _not_too_deep(text, offset)
    try:
        tree = parser().parse(bracketed(text))
        found = Nodes(known, offset, parse).transform(tree)
    except UnexpectedInput as error:
        raise _readable(error, text, offset) from None
    except VisitError as error:
        if not isinstance(error.orig_exc, RecursionError):
            raise error.orig_exc from None
        raise _too_long(text, offset) from None
    except RecursionError:
        raise _too_long(text, offset) from None
    assert isinstance(found, Node)
    return found


def _too_long(text: str, offset: int) -> FormulaError:
    says = "the formula has too many parts: define some by equations of their own"
    return FormulaError("syntax", says, offset, offset + len(text))


def _not_too_deep(text: str, offset: int) -> None:
    depth = 0
    for k, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > DEEPEST:
            says = f"brackets are nested more than {DEEPEST} deep"
            raise FormulaError("syntax", says, offset + k, offset + k + 1)


def _readable(error: UnexpectedInput, text: str, offset: int) -> FormulaError:
    """What was expected, in words."""
    place = error.pos_in_stream
    if place is None or (isinstance(error, UnexpectedToken) and error.token == ""):
        says = "the formula ends too early: an array, a number or a bracket is missing"
        if not text.strip():
            says = "there is nothing at the right of the equals sign"
        return FormulaError("syntax", says, offset + len(text.rstrip()), offset + 9999)
    end = place + (len(error.token) if isinstance(error, UnexpectedToken) else 1)
    what = text[place:end]
    expected = getattr(error, "accepts", None) or getattr(error, "expected", set())
    if "NAME" in expected and "COMPARE" not in expected:
        says = f"an array, a number or a bracket must stand here, not {what!r}"
    elif what in ")]}":
        says = f"{what!r} closes a bracket that is not open"
    elif what == "=":
        says = "one equals sign an equation; a condition stands in brackets, [x = 0]"
    elif isinstance(error, UnexpectedToken):
        says = f"the formula does not go on with {what!r}: is an operator missing?"
    else:
        says = f"{what!r} has no meaning in a formula"
    return FormulaError("syntax", says, offset + place, offset + end)
