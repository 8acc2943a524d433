"""The command `cnncalc`: picks the command, and turns every SpecError into text and exit status 1."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from typing import Any

import click

from cnncalc import __version__
from cnncalc.errors import SpecError, printable_lines

COMMANDS = {
    "show": "cnncalc.cli.show",
    "list": "cnncalc.cli.list",
    "explain": "cnncalc.cli.explain",
    "formula": "cnncalc.cli.formula",
    "solve": "cnncalc.cli.solve",
    "fit": "cnncalc.cli.fit",
    "sweep": "cnncalc.cli.sweep",
    "compare": "cnncalc.cli.compare",
    "diff": "cnncalc.cli.diff",
    "convert": "cnncalc.cli.convert",
    "check": "cnncalc.cli.check",
    "quiz": "cnncalc.cli.quiz",
    "apply": "cnncalc.cli.apply",
}
EXAMPLES = """
\b
Examples:
  cnncalc vgg16 --input 224            the table of VGG-16
  cnncalc resnet50 --depth 2           its blocks opened
  cnncalc vgg16 --format slide         as on the lecture slides
  cnncalc resnet50 --input HxWx3       with symbols for the sizes
  cnncalc net.yaml                     a network of your own
  cnncalc 'conv3-64 x2, pool2, fc-10' --input 32x32x3
  cnncalc explain alexnet conv1        how the numbers of a layer are computed
  cnncalc formula resnet50             its totals as closed forms in H and W
  cnncalc solve vgg16 pool5=7x7        which input gives 7x7 at pool5
  cnncalc fit alexnet                  which sizes fit: 227 does, 224 does not
  cnncalc sweep vgg16 --batch 1,8,64   its totals for every point of a grid
  cnncalc apply maxpool '9 8; 5 7' -k 2   an operation done number by number
  cnncalc quiz --level 2               questions to answer, mistakes explained
  cnncalc check --published            which numbers of papers and slides are right
  cnncalc compare vgg16 --conventions  as fvcore, thop, ptflops ... count, and why they differ
  cnncalc diff vgg16 vgg19             which layers differ, and by how much
  cnncalc list                         every network that comes with cnncalc

`cnncalc SPEC` is short for `cnncalc show SPEC`; `cnncalc show --help` lists its options.
"""


class Commands(click.Group):
    """Loads a command when it is called; without one, `show` is meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, its file imported only now."""
        if cmd_name not in COMMANDS:
            return None
        home = COMMANDS[cmd_name]
        if home not in sys.modules:
            gc.disable()  # nothing that imports make is garbage: looking for some only takes time
            importlib.import_module(home)
            gc.freeze()  # nor will it ever be
            gc.enable()
        command: click.Command = sys.modules[home].command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` before arguments that begin with no command."""
        if args and args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version"):
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Commands, and the names of the networks, since `show` may be left out."""
        from cnncalc.cli.options import complete_networks

        return super().shell_complete(ctx, incomplete) + complete_networks(ctx, None, incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; problems of a spec go to standard error, and the exit status is 1."""
        try:
            return super().invoke(ctx)
        except SpecError as error:
            click.echo(f"{click.style('error', fg='red', bold=True)}: {error}", err=True)
            ctx.exit(error.exit_status)
        except RecursionError:
            click.echo("error: the spec is nested too deep", err=True)
            ctx.exit(1)
        except click.ClickException as error:
            error.message = printable_lines(error.message)  # type: ignore[misc]  # final to click alone
            raise


@click.group(
    cls=Commands,
    epilog=EXAMPLES,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="cnncalc")
def cnncalc() -> None:
    """Print what every layer of a convolutional network makes and costs.

    Output volume, parameters, MACs and FLOPs, memory and receptive field, from a bundled name,
    a spec file, or slide notation.
    """


def main() -> None:
    """Run the command line; output that the terminal's encoding cannot hold is replaced.

    Output that cannot be written at all (a full disk) is reported in one line, with exit status 1.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    _complete_odd_words()
    try:
        try:
            cnncalc(prog_name="cnncalc")
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to fail at exit
        if error.errno != errno.EPIPE:
            click.echo(f"error: cannot write the output: {error.strerror}", err=True)
        sys.exit(1)


def _complete_odd_words() -> None:
    """Let a shell that says no words, or no number of the word, complete the first: click expects both."""
    if "_CNNCALC_COMPLETE" in os.environ:
        os.environ.setdefault("COMP_WORDS", "")
        number = os.environ.get("COMP_CWORD", "")
        os.environ["COMP_CWORD"] = number if number.isascii() and number.isdecimal() and len(number) < 10 else "0"
