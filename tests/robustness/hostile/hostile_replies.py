"""Forged replies: what a process that was taken over may say to the grader."""

from __future__ import annotations

from hostile_case import FREE, Case, body

SAY = """
import {free}
fds = []
for fd in range(3, 32):
    try:
        if socket.socket(fileno=os.dup(fd)).family == socket.AF_UNIX: fds.append(fd)
    except OSError: pass
def write(raw):
    for fd in fds:
        view = memoryview(raw)
        while view:
            view = view[os.write(fd, view):]
def say(text, data=b''):
    text = text if isinstance(text, bytes) else text.encode('utf-8', 'surrogatepass')
    write(struct.pack('<II', len(text), len(data)) + text + data)
"""


def replies(*lines: str) -> Case:
    """Say something else than the answer, then go on with a wrong one."""
    code = SAY.format(free=", ".join(FREE.split()))
    return Case("replies", body(code, *lines, "return dy"), free=True)


VALUE = '{{"value": {}, "changed": [], "warned": [], "printed": [0, ""]}}'


def value(node: str, data: str = "b''") -> Case:
    """An answer whose value is this node."""
    return replies(f"say({VALUE.format(node)!r}, {data})")


def repeated(part: str, count: str, before: str = "", after: str = "") -> Case:
    """An answer that holds one part very often."""
    first, last = VALUE.format("NODE").split("NODE")
    return replies(
        f"say({first + before!r} + ','.join([{part!r}] * {count}) + {after + last!r})"
    )


RAISE = '{{"raise": {}, "says": {}}}'

REPLIES = {
    "shape_of_huge_numbers": repeated(
        "9" * 60, "400_000", '{"a": ["<f8", [', "], 0, 0]}"
    ),
    "shape_of_ones": repeated("1", "1_000_000", '{"a": ["<f8", [', "], 0, 0]}"),
    "shape_that_is_negative": value('{"a": ["<f8", [-1, 5], 0, 0]}'),
    "shape_of_zero_and_huge": value('{"a": ["<f8", [0, 9223372036854775807], 0, 0]}'),
    "shape_of_a_float": value('{"a": ["<f8", [NaN], 0, 0]}'),
    "dtype_of_a_mapping": value('{"a": ["f8,O", [1], 0, 0]}', "b'x' * 99"),
    "dtype_of_many_fields": replies(
        f"say({VALUE.format('NODE')!r}.replace('NODE', "
        "'{\"a\": [\"' + 'f8,' * 300000 + 'f8\", [1], 0, 0]}'))"
    ),
    "arrays_that_overlap": replies(
        'node = \'{"a": ["<f8", [4000000], 0, 0]}\'',
        "nodes = ','.join([node] * 60_000)",
        'say(\'{"value": {"l": [\' + nodes + \']}, "changed": []}\', bytes(1 << 25))',
    ),
    "says_very_much": replies(
        "much = '\\\\u001b[2J' * 500_000",
        'say(\'{"raise": "exception", "says": "\' + much + \'"}\')',
    ),
    "dtype_of_a_subarray": value('{"a": ["(1000000,1000000)f8", [0], 0, 0]}'),
    "lists_in_33_megabytes": repeated("[]", "11_000_000", '{"l": [', "]}"),
    "dicts_in_33_megabytes": repeated('{"t":[]}', "3_600_000", '{"l": [', "]}"),
    "strings_in_33_megabytes": repeated('"\\ud800"', "3_600_000", '{"l": [', "]}"),
    "long_double_of_33_megabytes": replies(
        'say(\'{"value": {"a": ["<f16", [2090000], 0, 1]}, "changed": [],'
        ' "warned": [], "printed": [0, ""]}\', bytes(33_440_000))'
    ),
    "nested_lists": replies("say('[' * 30_000_000)"),
    "nested_nodes": replies(
        "say('{\"value\": ' + '{\"l\": [' * 900 + ']}' * 900 + ', \"changed\": []}')"
    ),
    "number_of_many_digits": value("9" * 4000),
    "number_of_a_million_digits": replies("say('{\"value\": ' + '9' * 10**7 + '}')"),
    "float_of_many_digits": replies("say('{\"value\": 0.' + '9' * 10**7 + '}')"),
    "not_a_number_as_node": value('{"a": [NaN, Infinity, -Infinity, 0]}'),
    "surrogate_in_a_key": value('{"d": {"\\ud800": 1}}'),
    "same_key_a_million_times": repeated('"a":1', "2_000_000", '{"d": {', "}}"),
    "header_of_four_gigabytes": replies("write(b'\\xff' * 8)"),
    "header_of_nothing": replies("write(bytes(8))"),
    "drop_by_drop": replies(
        "write(struct.pack('<II', 90, 0))", "while True: write(b' '); time.sleep(0.3)"
    ),
    "flags_without_end": replies('while True: say(\'{"flag": "x"}\')'),
    "flag_that_is_a_tree": replies(
        "say('{\"flag\": ' + '[[1],[2]],' .join(['']) + '[' * 400 + ']' * 400 + '}')"
    ),
    "calls_back_without_end": replies(
        'while True: say(\'{"back": 0, "args": {"t": []}}\')'
    ),
    "calls_back_what_there_is_not": replies(
        'say(\'{"back": -1, "args": {"t": []}}\')',
        'say(\'{"back": "x", "args": 3}\')',
    ),
    "calls_back_in_long_division": replies(
        'say(\'{"back": 1e400, "args": {"t": [{"h": {"i": 1e400}}]}}\')'
    ),
    "changes_what_it_was_not_given": replies(
        'say(\'{"value": {"t": [1, 2, 3]}, "changed": [77, -1],'
        ' "warned": [], "printed": [0, ""]}\')'
    ),
    "changes_dy_of_another_shape": replies(
        'say(\'{"value": {"t": [null, {"l": []}, {"l": []}]},'
        ' "changed": [0, 1], "warned": [], "printed": [0, ""]}\')'
    ),
    "prints_a_billion_lines": replies(
        'say(\'{"value": {"t": [1]}, "changed": [], "warned": [],'
        ' "printed": [1000000000000, "x"]}\')'
    ),
    "handles_without_end": repeated(
        '{"h":{"i":1,"k":"x"}}', "1_500_000", '{"l":[', "]}"
    ),
    "handle_of_an_odd_name": value('{"h": {"i": 1e3, "k": "$\\\\bogus{$"}}'),
    "generator_of_an_odd_state": value('{"g": {"bit_generator": "PCG64", "state": 1}}'),
    "object_of_an_odd_state": value('{"o": [1, "x", {"__class__": 3}]}'),
    "tag_of_mathematics": replies(
        'say(\'{"raise": "$\\\\\\\\bogus{$", "says": "$\\\\\\\\frac{$ \\\\\\\\x"}\')'
    ),
    "tag_of_escapes": replies(
        'say(\'{"raise": "\\\\u001b[2Jx", "says": "\\\\u001b]0;x\\\\u0007"}\')'
    ),
    "tag_of_markup": replies(
        'say(\'{"raise": "<script>alert(1)</script>", "says": "</pre><img src=x'
        " onerror=alert(1)>\"}')"
    ),
    "tag_of_forty_lines": replies(
        'say(\'{"raise": "a\\\\nb|c\\\\n# x", "says": "=cmd|A1\\\\n=1+1"}\')'
    ),
    "tag_that_is_right": replies('say(\'{"raise": "right", "says": ""}\')'),
    "stub_that_is_none": replies('say(\'{"raise": "stub", "says": ""}\')'),
    "says_without_a_reason": replies("say('{\"raise\": null}')"),
    "answers_in_advance": replies(
        'for _ in range(300): say(\'{"value": {"t": [0]}, "changed": [],'
        ' "warned": [], "printed": [0, ""]}\')'
    ),
    "descriptors_by_the_thousand": replies(
        "s = socket.socket(fileno=fds[0])",
        "for _ in range(2000): socket.send_fds(s, [b'x'], [0] * 200)",
    ),
}
assert RAISE
