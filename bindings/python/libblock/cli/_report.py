"""What `check` prints, for people, programs, SARIF readers and GitHub's log."""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import libblock
from libblock.cli._output import Json, counted, out, printable, write_json
from libblock.cli._text import BAD, GOOD, NOTABLE, QUIET, TITLE, place


@dataclass(frozen=True)
class Remark:
    """A finding, or a document that cannot be loaded, and where that is."""

    rule: str
    severity: libblock.Severity
    message: str
    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Report:
    """What was found in the documents; or, if not all could be loaded, why."""

    findings: Sequence[Remark]
    errors: Sequence[Remark]


_STYLES = {
    libblock.Severity.NOTE: TITLE,
    libblock.Severity.WARNING: NOTABLE,
    libblock.Severity.ERROR: BAD,
}


def _print_text(report: Report) -> None:
    """Prints the findings; the errors stand on standard error, as those of every command."""
    if report.errors:
        return
    output = out()
    for each in report.findings:
        where = place(each.file, each.line, each.column)
        output.line(
            f"{where}: ",
            (each.severity, _STYLES[each.severity]),
            f": {each.message} ",
            (f"[{each.rule}]", QUIET),
        )
    counts = Counter(each.severity for each in report.findings)
    parts = [counted(counts[each], each) for each in reversed(libblock.Severity) if counts[each]]
    output.line((", ".join(parts), TITLE) if parts else ("no findings", GOOD))


def _print_json(report: Report) -> None:
    def form(remark: Remark) -> Json:
        return {
            "rule": remark.rule,
            "severity": remark.severity,
            "message": remark.message,
            "file": remark.file,
            "line": remark.line,
            "column": remark.column,
        }

    write_json(
        {
            "version": 1,
            "findings": [form(each) for each in report.findings],
            "errors": [form(each) for each in report.errors],
        }
    )


def _print_github(report: Report) -> None:
    """Source: "Workflow commands for GitHub Actions", setting a message."""
    levels = {libblock.Severity.NOTE: "notice"}
    for each in (*report.errors, *report.findings):
        properties = {"file": each.file, "line": each.line, "col": each.column, "title": each.rule}
        given = ",".join(
            f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items() if value
        )
        level = levels.get(each.severity, each.severity)
        sys.stdout.write(f"::{level} {given}::{_escaped(each.message)}\n")


def _escaped(text: str, others: str = "") -> str:
    text = printable(text)
    for character in "%" + others:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _print_sarif(report: Report) -> None:
    remarks = (*report.errors, *report.findings)
    rules = [
        _sarif_rule(each, each.description, libblock.severity_of(each))
        for each in libblock.CheckRule
    ]
    rules += [
        _sarif_rule(rule_of_error(each), each.description, libblock.Severity.ERROR)
        for each in libblock.ErrorCode
    ]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "libblock", "version": libblock.__version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not report.errors}],
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(each, index[each.rule]) for each in remarks],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _sarif_rule(rule: str, description: str, severity: libblock.Severity) -> Json:
    return {
        "id": rule,
        "shortDescription": {"text": description},
        "defaultConfiguration": {"level": severity},
    }


def _sarif_result(remark: Remark, rule_index: int) -> Json:
    location: Json = {"artifactLocation": {"uri": _uri(remark.file)}}
    if remark.line:
        location["region"] = {"startLine": remark.line, "startColumn": max(remark.column, 1)}
    return {
        "ruleId": remark.rule,
        "ruleIndex": rule_index,
        "level": remark.severity,
        "message": {"text": remark.message},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str) -> str:
    """Relative paths stay so: readers resolve them against the root of the repository."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def rule_of_error(code: libblock.ErrorCode) -> str:
    """The rule id of documents that cannot be loaded, in the spelling of the lint rules."""
    return code.replace("_", "-")


PRINTERS = {
    "text": _print_text,
    "json": _print_json,
    "sarif": _print_sarif,
    "github": _print_github,
}
