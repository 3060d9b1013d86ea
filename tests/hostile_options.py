"""Hostile values of a form's fields, and hostile bodies of corrections: for tests and for the fuzzing of the API."""

from __future__ import annotations

DEEP = 2000
"""Levels of nested values, more than Python's parser of JSON follows."""
NESTED = ["[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * 50_000]
EVERY_FIELD = ["1" * 5000, "-" + "9" * 5000, "[" * 3000, "(" * 3000, "\x00", "\N{HIRAGANA LETTER A}", *NESTED]
"""No value of any field."""
PATTERNS = [
    "(?L)", "(?u)", "(?L)1", "(?au)1", r"(1)\1", "(?=1)1", "[", "(" * 200, "(?:" * 60, "*", r"\x", r"\udc00", r"\ud800",
    r"\p{L}", r"(?P<a>1)(?(a)2|3)", r"\d{1000000}", "((((1{0,9}){0,9}){0,9}){0,9}){0,9}", "(){99999}", "1++",
]  # fmt: skip
"""No patterns that can be used; (?L) and (?u) are flags of bytes and of texts only."""
SLOW_PATTERNS = [
    "(.*)*", "(.*)*" * 30 + "1", "(.*1.{0,30}){12}2", "(.?){200}", ".*1.{0,300}", "(0|1|.)*2{3}", "(.{0,18}2){0,20}",
    "(a|b|.|ab|ba)*" * 6, "(.*.*.*.*x)*", r"(\d|\w|.)+-(\d|\w|.)+", "|".join(["1*2*3*"] * 20),
]  # fmt: skip
"""Patterns that are allowed, and cost a search much."""
SETS = ["!-\N{CJK UNIFIED IDEOGRAPH-9FFF}" * 60, "\x00-\U0010ffff", "!-~" * 80, "9-0", "a" * 5000]
REGIONS = ["0,0,9,9;" * 300, "1" * 4000, "0,0,-1,-1", "0,0,1e9,1"]
OTHER_FIELDS = {
    "pattern": PATTERNS, "characters": SETS, "regions": REGIONS, "check": ["iban:ZZ", "iban:" + "X" * 15],
    "among": ["1" * 41, ",".join(["1"] * 60_000)],
}  # fmt: skip
"""Values that are refused in some fields."""
BODIES = [
    *NESTED,
    *(f'{{"corrections":{value}}}' for value in NESTED),
    f'{{"corrections":[{{"number":{"1" * 5000},"text":"1"}}]}}',
    '{"corrections":[{"number":0,"text":"\\ud800"}]}',
    '{"corrections":NaN}',
    '{"corrections":[{"order":[' + "0," * 9999 + "0]}]}",
    '"\\ud800"',
]
"""No corrections that can be stored."""
