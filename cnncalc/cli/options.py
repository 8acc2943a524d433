"""The options that several commands share, each declared once: what a question is about, and how the answer is printed.

`setup_options` gives a command `asked`, the keywords of the facade (`api.fit(**asked)`); `report_options`
gives it `page`, for `output.emit(result, page)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import click

from cnncalc.analysis import DTYPES, FLOPS, OPTIMIZERS
from cnncalc.cli.output import Page
from cnncalc.errors import UsageError
from cnncalc.graph.head import HEADS
from cnncalc.limits import MOST_LAYERS, Limit, setting_limits
from cnncalc.report.formats import FORMATS, takes
from cnncalc.report.report import Options
from cnncalc.setup import CHOICES, limits_of
from cnncalc.spec.find import bundled

# Generic to the type checker, but not at run time before click 8.4.
if TYPE_CHECKING:
    ParamType: TypeAlias = click.ParamType[Any]
else:
    ParamType = click.ParamType
F = TypeVar("F", bound=Callable[..., Any])
NUMBER = re.compile(r"[0-9]{1,18}\Z")


def complete_networks(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[Any]:
    """The bundled networks that begin as typed."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in bundled() if name.startswith(incomplete)]


def complete_conventions(ctx: click.Context, param: click.Parameter | None, incomplete: str) -> list[Any]:
    """The conventions that begin as typed."""
    from click.shell_completion import CompletionItem

    from cnncalc.analysis.known_conventions import CONVENTIONS

    return [CompletionItem(name) for name in CONVENTIONS if name.startswith(incomplete)]


# What is asked of -------------------------------------------------------------------------------


def limit_option(flag: str, limit: Limit, about: str) -> Callable[[F], F]:
    """An option of its own for a limit that is often set; it holds while the command runs."""

    def put(ctx: click.Context, param: click.Parameter, value: int | None) -> None:
        if value is not None:
            ctx.with_resource(setting_limits({limit.name: value}))

    return click.option(
        flag,
        metavar="N",
        type=click.IntRange(1),
        expose_value=False,
        is_eager=True,
        callback=put,
        show_default=f"{limit.default:,}",
        help=about,
    )


def _set_limits(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> None:
    """Let the limits that are given as NAME=NUMBER hold while the command runs."""
    given: dict[str, Any] = {}
    for text in values:
        name, _, number = text.partition("=")
        given[name.strip()] = int(number) if NUMBER.match(number) else number
    ctx.with_resource(setting_limits(limits_of(given)))


LIMIT = click.option(
    "--limit",
    metavar="NAME=NUMBER",
    multiple=True,
    expose_value=False,
    is_eager=True,
    callback=_set_limits,
    help="Set a limit, as in terms=5000; may be repeated. docs/security.md lists them.",
)
INPUT_HELP = (
    "Size of the input: 224, 227x227x3 (height x width x channels), HxWx3 with symbols; left=64x64x3,right=64x64x1 "
    "for several inputs."
)
SETUP = {
    "spec": (click.argument("spec", shell_complete=complete_networks),),
    "input": (click.option("-i", "--input", metavar="SIZE", help=INPUT_HELP),),
    "settings": (
        click.option(
            "--set",
            "settings",
            metavar="NAME=VALUE",
            multiple=True,
            help="Set a parameter of the spec; may be repeated.",
        ),
    ),
    "batch": (
        click.option(
            "-b", "--batch", metavar="N", help="Count for a batch of N images; N may be a symbol (default 1)."
        ),
    ),
    "counting": (
        click.option(
            "--convention",
            metavar="NAME",
            shell_complete=complete_conventions,
            help="Count as a tool or a paper does: fvcore, thop, torchinfo ... (`cnncalc compare --list`).",
        ),
        click.option(
            "--bias/--no-bias",
            default=None,
            help="Count biases as parameters, or only weights; offsets of norms are biases (default: --bias).",
        ),
        click.option(
            "--flops",
            type=click.Choice(list(FLOPS)),
            show_default="2mac",
            help="FLOPs as 2 x MACs, one less for each sum, as MACs, or with all other operations added.",
        ),
        click.option(
            "--dtype", type=click.Choice(list(DTYPES)), show_default="float32", help="Data type of every value."
        ),
        click.option(
            "--optimizer",
            type=click.Choice(list(OPTIMIZERS)),
            show_default="sgd",
            help="Optimizer whose state is part of the training memory.",
        ),
    ),
    "max_layers": (limit_option("--max-layers", MOST_LAYERS, "Refuse networks that expand to more layers than this."),),
    "head": (
        click.option(
            "--head",
            type=click.Choice(list(HEADS)),
            show_default="fc",
            help="conv: fully connected layers become convolutions with the same weights, for inputs of other sizes.",
        ),
    ),
}
KEYS = {name: (name,) for name in SETUP} | {"counting": ("convention", *CHOICES), "max_layers": ()}
"""The keywords of the facade that each part of SETUP gives."""


def setup_options(*parts: str, **own: Callable[[Any], Any]) -> Callable[[F], F]:
    """Options that say what a question is asked of (all of SETUP, unless some are named), as one argument.

    The command gets `asked`: those that were given, by the names that the functions of the facade have for them.
    `own` are options that the command declares itself, each instead of the part of its name.
    """
    names = parts or tuple(SETUP)

    def decorated(function: F) -> F:
        @wraps(function)
        def command(*values: Any, **options: Any) -> Any:
            given = {key: options.pop(key) for name in names for key in KEYS[name]}
            asked = {key: value for key, value in given.items() if value is not None and value != ()}
            return function(*values, asked=asked, **options)

        made = cast(F, command)
        for name in reversed(names):
            for option in reversed((own[name],) if name in own else SETUP[name]):
                made = option(made)
        return made

    return decorated


# How it is printed ------------------------------------------------------------------------------


class Depth(ParamType):
    """How deep blocks are opened: a number, or `all`."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The depth as a number."""
        from cnncalc.report.rows import depth_of

        try:
            return depth_of(value)
        except UsageError as error:
            return self.fail(error.problems[0].message, param, ctx)


REPORT = {
    "columns": click.option(
        "-c",
        "--columns",
        metavar="KEYS",
        help="Columns by key, as in params,macs; +flops adds one to the usual columns.",
    ),
    "depth": click.option(
        "-d", "--depth", type=Depth(), help="Open blocks N deep (default 1); 'all' opens every block."
    ),
    "layout": click.option(
        "--layout", type=click.Choice(["hwc", "chw"]), help="Order of the sizes of a volume (default hwc)."
    ),
    "units": click.option(
        "--units",
        type=click.Choice(["MB", "MiB", "auto"]),
        help="Unit of memory: MB = 10^6, MiB = 2^20 (default auto).",
    ),
    "notes": click.option(
        "--notes",
        type=click.Choice(["none", "brief", "all"]),
        help="Which notes to print below the table (default brief).",
    ),
    "standalone": click.option(
        "--standalone", is_flag=True, default=None, help="Write a whole HTML page or LaTeX document, not a fragment."
    ),
}


def report_options(*options: str, own: tuple[str, ...] = (), csv: bool = False) -> Callable[[F], F]:
    """`--format`, `--output` and the named options of REPORT, as one argument: the command gets `page`; and `--limit`.

    `own` are formats of this command alone; `csv` says that its results have rows.
    """
    forms = [*(name for name in FORMATS if csv or name != "csv"), *own]
    used = (*options, "standalone")

    def decorated(function: F) -> F:
        @wraps(function)
        def command(*values: Any, form: str, output: str | None, **others: Any) -> Any:
            given = {name: others.pop(name) for name in used}
            drawn = {name: value for name, value in given.items() if value is not None}
            for name in drawn:
                if not takes(form, name):
                    known = ", ".join(each for each in forms if takes(each, name))
                    raise click.UsageError(f"--{name} is for --format {known}, not for {form}")
            page = Page(form, None if output == "-" else output, Options(**drawn))
            return function(*values, page=page, **others)

        made = cast(F, command)
        for name in reversed(used):
            made = REPORT[name](made)
        for option in (LIMIT, OUTPUT, _format(forms)):
            made = option(made)
        return made

    return decorated


OUTPUT = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write to FILE instead of printing; it is written whole or not at all.",
)


class FormatName(click.Choice):  # type: ignore[type-arg]
    """A format by name; `table` is `text`, too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name of the format."""
        return super().convert("text" if value == "table" else value, param, ctx)


def _format(forms: list[str]) -> Callable[[F], F]:
    return click.option(
        "-f",
        "--format",
        "form",
        type=FormatName(forms),
        default="text",
        show_default=True,
        help="Format of the report.",
    )
