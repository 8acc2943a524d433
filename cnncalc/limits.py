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
MOST_TAPS = 100_000
"""Taps of a kernel whose connections are counted, which is done one by one."""
MOST_READ = 1_000_000
"""Units that are looked at, phase by phase and tap by tap, for one receptive field behind an upsampling."""
LONGEST_HEADING = 1_000
"""Characters of the heading of a column in a table of claims."""
MOST_COLUMNS = 1_000
"""Columns of a table of claims."""
MOST_RANGES = 100_000
"""Ranges of channels that are followed back through a network whose layers read parts of their inputs."""
MOST_LAYERS = 100_000
"""Layers of a network, repeats unrolled, unless --max-layers sets another limit: more are nearly always a mistake."""
