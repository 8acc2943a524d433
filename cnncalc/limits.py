"""The limits that keep a hostile or mistaken text from taking all time and memory: each is a number with its reason.

`--limit NAME=NUMBER` on the command line, or `limits={"terms": 5000}` in Python, sets another number. Whoever meets
a limit says so, with the number and with the option (`Limit.hint`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_set: ContextVar[Mapping[str, int]] = ContextVar("limits", default={})  # noqa: B039, never changed in place
LIMITS: dict[str, Limit] = {}
"""Every limit that can be set, by name."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of something and no more; as text, `1,000`."""

    name: str
    default: int
    what: str
    """What is counted, and where the reason is not plain, why."""

    def __post_init__(self) -> None:
        LIMITS[self.name] = self

    @property
    def value(self) -> int:
        """The number that holds now."""
        return self.unless_set(self.default)

    def unless_set(self, default: int) -> int:
        """The number that is set, or a default for some work that costs more than usual."""
        return _set.get().get(self.name, default)

    @property
    def hint(self) -> str:
        """How more is allowed."""
        return f"--limit {self.name}={5 * self.value} allows more"

    def __str__(self) -> str:
        return f"{self.value:,}"


def limits_set() -> Mapping[str, int]:
    """The limits that are set now, by name."""
    return _set.get()


@contextmanager
def setting_limits(limits: Mapping[str, int]) -> Iterator[None]:
    """Let these limits hold inside, beside those that are set already."""
    token = _set.set({**_set.get(), **limits})
    try:
        yield
    finally:
        _set.reset(token)


# Texts ------------------------------------------------------------------------------------------

LONGEST_TEXT = Limit("text", 1_000_000, "characters of a file; of a table in CSV, bytes")
LONGEST_TABLE = Limit("table", 200_000, "bytes of a table of claims in YAML, which takes longer to read than CSV")
LARGEST_WORKBOOK = Limit("workbook", 20_000_000, "bytes of an Excel file once it is unpacked")
LONGEST_NOTEBOOK = Limit("notebook", 10_000_000, "bytes of a notebook, whose outputs hold pictures")
LONGEST_JSON = Limit("json", 10_000_000, "characters of a network of Keras in JSON, also of that in a .keras file")
LONGEST_CODE = Limit("code", 300_000, "characters of a Python text that builds a network: its syntax tree takes room")
LONGEST_NOTATION = Limit("notation", 20_000, "characters of slide notation")
LONGEST_EXPRESSION = Limit("expression", 500, "characters of an expression")
LONGEST_QUESTION = Limit("question", 2_000, "characters of a question to solve")
LONGEST_NUMBER = Limit("number", 300, "characters of a number, or of its working, in a table of claims")
LONGEST_NUMERAL = Limit("numeral", 40, "digits of a number in a table of claims")
LONGEST_ANSWER = Limit("answer", 120, "characters of an answer to the quiz")
LONGEST_MATRIX = Limit("matrix", 100_000, "characters of a matrix")
LONGEST_HEADING = Limit("heading", 1_000, "characters of the heading of a column in a table of claims")
LONGEST_NAME = Limit(
    "name",
    200,
    "characters in the name of a layer, a block or a parameter: it is repeated in the paths of all layers inside",
)
DEEPEST_YAML = Limit("nesting", 60, "lists and mappings of YAML inside one another")
DEEPEST_BRACKETS = Limit("brackets", 30, "brackets of slide notation inside one another")
DEEPEST_EXPRESSION = Limit("parentheses", 40, "parentheses of an expression inside one another")
DEEPEST_SUM = Limit("sums", 30, "parentheses inside one another in a number of a table of claims")
MOST_PROBLEMS = Limit("problems", 100, "mistakes of one text that are gathered; reading stops there")

# Networks ---------------------------------------------------------------------------------------

MOST_LAYERS = Limit(
    "layers",
    100_000,
    "layers of a network, repeats unrolled: more are nearly always a mistake; to check or solve, 20,000",
)
MOST_SOURCES = Limit("sources", 50_000, "layers that all sections of a network of Darknet read, or all joins of Keras")
MOST_CHECKED_LAYERS = 20_000
"""Layers of a network that is counted several times, if no limit is set: to check answers, or to solve."""
MOST_STEPS = Limit("steps", 200_000, "steps of the expansion of blocks and repeats that make no layer")
MOST_INPUTS = Limit("inputs", 100, "inputs of a network")
MOST_INPUT_FIELDS = Limit("input_fields", 50_000, "receptive fields of layers that see several inputs differently")
DEEPEST_BLOCKS = Limit("blocks", 100, "blocks, groups and branches inside one another")
LARGEST_SIZE = Limit("size", 10**9, "a size of the input")
LARGEST_BATCH = Limit("batch", 10**9, "images of a batch")
LARGEST_OUTPUT = Limit("output", 10**12, "a size of a layer's output")
LARGEST_VALUE = Limit("value", 10**15, "a value of an expression, of a setting, or of a question")
LARGEST_EXPONENT = Limit("exponent", 8, "an exponent in an expression")
MOST_TERMS = Limit("terms", 1_000, "terms and floors of an expression of symbols once it is multiplied out")
LONGEST_SIZE = Limit("symbolic", 500, "numbers, symbols and operations in one symbolic size of a layer's output")
MOST_SYMBOLIC = Limit("symbolic_total", 30_000, "numbers, symbols and operations in all symbolic sizes of a network")
LONGEST_FORMULA = Limit("formula", 10_000, "numbers, symbols and operations of a formula that is written: ten pages")
MOST_EXPANDED = Limit("expanded", 100_000, "terms of a sum that is multiplied out to see whether it becomes shorter")
MOST_TAPS = Limit("taps", 100_000, "taps of a kernel whose connections are counted, which is done one by one")
MOST_SYMBOLIC_TAPS = Limit(
    "symbolic_taps", 100, "taps of a kernel whose connections are counted for sizes with symbols"
)
MOST_SYMBOLIC_FIELDS = Limit("symbolic_fields", 10_000, "layers whose receptive fields depend on symbols")
MOST_PHASES = Limit("phases", 4_096, "units behind an upsampling that see different pixels")
MOST_RANGES = Limit("ranges", 100_000, "ranges of channels that are followed back from layers that read a part")
MOST_UNITS = Limit("units", 1_000_000, "units that are looked at one by one for a receptive field behind an upsampling")

# Commands ---------------------------------------------------------------------------------------

MOST_POINTS = Limit("points", 10**8, "points of a sweep")
MOST_ROWS = Limit("rows", 10_000, "rows of a sweep, or of a difference, in a table; CSV and JSON lines take any number")
MOST_RESIDUES = Limit("residues", 50_000, "parts of a pattern of sizes that fit")
MOST_BOXES = Limit("boxes", 40_000, "ranges of the unknowns of a question that are looked at")
MOST_SOLUTIONS = Limit("solutions", 20_000, "ranges of solutions of a question")
MOST_VALUES = Limit("values", 2_000, "values of an unknown that are tried one by one")
MOST_TRIED_LAYERS = Limit("tried", 40_000, "layers after which no further value of an unknown is tried")
MOST_CLAIMS = Limit("claims", 10_000, "claims of a table")
MOST_COLUMNS = Limit("columns", 1_000, "columns of a table of claims")
MOST_DIGITS = Limit("digits", 60, "digits of what a working in a table of claims comes to")
LARGEST_POWER = Limit("power", 200, "an exponent in a working in a table of claims")
MOST_DIAGNOSED = Limit(
    "diagnoses", 200, "mismatches of a table that are explained; one with more is wrong from the ground up"
)
MOST_TABLE_LAYERS = Limit("table_layers", 30_000, "layers of all networks of a table together")
MOST_EXPLAINED_LAYERS = Limit(
    "explained_layers", 3_000, "layers, together, of the first networks of a table whose wrong numbers are explained"
)
MOST_PROPAGATED = Limit("propagated", 50_000, "layers that are computed again for mistakes that go on in later layers")
MOST_RECOMPUTED = Limit("recomputed", 10_000, "numbers of layers that are computed again for one diagnosis")
MOST_QUESTIONS = Limit("questions", 200, "questions of a quiz")
MOST_PRODUCTS = Limit("products", 250_000, "products or comparisons of `apply`")
MOST_BY_HAND = Limit("by_hand", 20_000, "products or comparisons of all exercises of a table together")
LONGEST_SIDE = Limit("side", 64, "rows and columns of a matrix")
LONGEST_DENOMINATOR = Limit("denominator", 60, "digits of the common denominator of a matrix")

# Hints ------------------------------------------------------------------------------------------

MOST_COMPARED = 1_000
"""Names that a misspelt word is compared with for "did you mean"."""
LONGEST_COMPARED = 100
"""Characters of a word that is compared with names; nobody misspells a longer one."""
MOST_LISTED = 100
"""Names that a hint lists."""
MOST_NEAREST = 50
"""Names of no layer, in one table, for which the nearest one is looked for: it takes its time in a large network."""
MOST_LISTED_NOTES = 20
"""Notes on lines of a file that change nothing, which are listed one by one."""
