"""The limits that keep a hostile or mistaken text from taking all time and memory: each is a number with its reason.

Whoever meets one says so, with the number.
"""

MOST_PROBLEMS = 100
"""Mistakes of one spec that are gathered; reading stops there."""
MOST_COMPARED = 1_000
"""Names that a misspelt word is compared with for "did you mean"."""
LONGEST_COMPARED = 100
"""Characters of a word that is compared with names; nobody misspells a longer one."""
MOST_LISTED = 100
"""Names that a hint lists."""
LONGEST_NAME = 200
"""Characters in the name of a layer, a block or a parameter: it is repeated in the paths of all layers inside."""
MOST_TERMS = 1_000
"""Terms and floors that an expression of symbols may have once it is multiplied out."""
LONGEST_SIZE = 500
"""Numbers, symbols and operations in one symbolic size of a layer's output: about a page."""
MOST_SYMBOLIC = 200_000
"""Numbers, symbols and operations in all symbolic sizes of a network's outputs together."""
LONGEST_FORMULA = 10_000
"""Numbers, symbols and operations of a formula that is written: ten pages."""
MOST_EXPANDED = 100_000
"""Terms of a sum that is multiplied out, to see whether it becomes shorter."""
MOST_TAPS = 100_000
"""Taps of a kernel whose connections are counted, which is done one by one."""
MOST_READ = 1_000_000
"""Units that are looked at, phase by phase and tap by tap, for one receptive field behind an upsampling."""
LONGEST_HEADING = 1_000
"""Characters of the heading of a column in a table of claims."""
MOST_COLUMNS = 1_000
"""Columns of a table of claims."""
