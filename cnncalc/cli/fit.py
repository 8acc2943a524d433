"""`cnncalc fit SPEC`: the input sizes that pass with no pixel dropped, and why others do not."""

from __future__ import annotations

import click

from cnncalc.cli.options import network_options, wrong_usage

EPILOG = """
\b
Examples:
  cnncalc fit alexnet                        H = 67 + 32k: 227 is one, 224 is not
  cnncalc fit alexnet --size 224,227         who is to blame, and what would fit
  cnncalc fit unet --size 572x572            exit status 0 if it fits, 1 if not
  cnncalc fit resnet50 --strict              as on the slides: nothing may be left over
  cnncalc fit vgg16 --input 224xW            the widths that fit a height of 224
  cnncalc fit 'conv3-8p0, pool2, conv3-8p0' --input HxWx3

By default a size fits if no layer loses a pixel of its input: what is left over behind the last
window may be padding. With --strict a size fits if nothing at all is left over, so that every
(W - F + 2P)/S + 1 is a whole number. In both, sizes must be the same again where branches meet.
"""


@click.command("fit", short_help="The input sizes that drop no pixel.", epilog=EPILOG)
@network_options
@click.option(
    "-s", "--size", "checked", metavar="SIZES", help="Sizes to judge, as in 224,227 or 320x480 (height x width)."
)
@click.option(
    "--strict", is_flag=True, help="Refuse padding left over too: every window must end where its input does."
)
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    spec: str,
    size: str | None,
    settings: tuple[str, ...],
    max_layers: int,
    checked: str | None,
    strict: bool,
    form: str,
) -> None:
    """Tell which input sizes fit SPEC: those that no layer drops a pixel of.

    The answer is exact, for all sizes at once: H = 67 + 32k means 67, 99, 131 and so on, and no
    other. An --input with names in it keeps its numbers; an --input of numbers is judged, as
    --size is. The exit status is 0 if every size that is judged fits (without any: if some size
    does), else 1.
    """
    from cnncalc.fit.fit import fit_spec
    from cnncalc.report.fit import render, to_json
    from cnncalc.spec.find import find
    from cnncalc.spec.input_size import parse_input
    from cnncalc.spec.parameters import parse_settings

    found = find(spec)
    with wrong_usage():
        wanted = None if size is None else parse_input(size, found.input)
        values = parse_settings(found, settings) if settings and not found.problems else {}
    fit = fit_spec(found, wanted, values, strict=strict, most_layers=max_layers)
    texts = [] if checked is None else [text.strip() for text in checked.split(",")]
    if wanted and all(isinstance(part, int) for part in wanted.sizes):
        texts.insert(0, "x".join(map(str, wanted.sizes)))
    with wrong_usage():
        judged = [fit.lengths(text) for text in texts]
    checks = [fit.check(numbers) for numbers in dict.fromkeys(judged)]
    if form == "json":
        click.echo(to_json(fit, checks), nl=False)
    else:
        from rich.console import Console

        render(fit, checks, Console())
    if fit.impossible or not all(check.fits for check in checks):
        raise click.exceptions.Exit(1)
