"""A result and the name of a format -> its text: the register of formats, and of the views of all results.

A format is one module with `render(report, options)`, which yields the text piece by piece, and one line here.
A view is one module in report/views with `report(result, options)`, named by `Result.view`; `TAKES` names the
options that it takes, and `EXTRA` those that it alone has.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args

from cnncalc.errors import Problem, UsageError, closest, one_of, printable_lines
from cnncalc.report.report import Layout, Notes, Options, Report, Units
from cnncalc.result import Result

FORMATS = {
    "text": "cnncalc.report.terminal",
    "json": "cnncalc.report.json",
    "csv": "cnncalc.report.csv",
    "markdown": "cnncalc.report.markdown",
    "html": "cnncalc.report.html",
    "latex": "cnncalc.report.latex",
}
OF_DOCUMENTS = ("columns", "depth", "layout", "units", "notes")
"""The options of a format that draws documents, as a new one does."""
TAKEN = {
    "json": (),
    "csv": ("columns",),
    "html": (*OF_DOCUMENTS, "standalone"),
    "latex": (*OF_DOCUMENTS, "standalone"),
}
"""The options of the formats that take others than these."""
CHOICES = {"layout": get_args(Layout), "units": get_args(Units), "notes": get_args(Notes)}
OPTIONS = tuple(name for name in Options._fields if name != "extra")


def takes(form: str, option: str) -> bool:
    """Whether a format makes use of an option; those that one command alone has take none."""
    return form in FORMATS and option in TAKEN.get(form, OF_DOCUMENTS)


def report_of(result: Result, options: Options) -> Report:
    """The report that the view of a result makes."""
    report: Report = _view(result).report(result, options)
    return report


def pieces(report: Report, form: str, options: Options) -> Iterator[str]:
    """The text of a report in a format, piece by piece, each line printable. Raises UsageError for unknown ones."""
    if form in report.own:
        return map(printable_lines, report.own[form]())
    known = tuple(name for name in FORMATS if name != "csv" or report.rows is not None)
    if form not in known:
        names = (*known, *report.own)
        raise UsageError([Problem(f"unknown format '{form}'", None, closest(form, names) or one_of(names))])
    found: Iterator[str] = import_module(FORMATS[form]).render(report, options)
    return map(printable_lines, found)


def render(result: Result, form: str = "text", **options: Any) -> str:
    """A result as text in a format; the keywords are the fields of Options, or those of its view alone."""
    view = _view(result)
    own = getattr(view, "EXTRA", ())
    names = (*getattr(view, "TAKES", ()), "standalone", *own)
    for name in options:
        if name not in names:
            raise UsageError([Problem(f"unknown option '{name}'", None, closest(name, names) or one_of(names))])
        if name in OPTIONS and not takes(form, name) and form in FORMATS:
            forms = [each for each in FORMATS if takes(each, name)]
            raise UsageError([Problem(f"{name} is for {one_of(forms)}, not for {form}")])
    for name, choices in CHOICES.items():
        if name in options and options[name] not in choices:
            raise UsageError([Problem(f"{name} cannot be {options[name]!r}", None, one_of(choices))])
    if options.get("depth") is not None:
        from cnncalc.report.rows import depth_of

        options["depth"] = depth_of(options["depth"])
    chosen = Options(
        **{key: value for key, value in options.items() if key in OPTIONS},
        extra={key: value for key, value in options.items() if key in own},
    )
    return "".join(pieces(report_of(result, chosen), form, chosen))


def _view(result: Result) -> Any:
    return import_module(f"cnncalc.report.views.{result.view}")
