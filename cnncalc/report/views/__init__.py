"""Results -> Reports: one view a command, the module that `Result.view` names.

A view has one function that every command's output goes through:

    report(result, options) -> Report

`Report.document` says what people read, in blocks of report/document.py, with roles instead of colours;
`Report.data` is the plain data of `--format json`; `Report.rows` gives the rows of `--format csv`, where rows
make sense; `Report.own` holds formats that only this command has. All of them are functions, called when a
format needs them. `TAKES` names the fields of Options that the view makes use of, as its command does, and
`EXTRA` options that it alone has. A view imports neither rich nor any renderer, and no renderer knows of a view.
"""
