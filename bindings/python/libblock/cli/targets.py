"""``libblock targets``: what packages can be exported to, and what each can express."""

import sys
from collections.abc import Iterator

import click

import libblock
from libblock.cli._forms import target_form
from libblock.cli._options import format_option
from libblock.cli._output import Part, counted, out, write_json
from libblock.cli._text import NOTABLE, QUIET, TITLE

_CATEGORY_TITLES = {
    libblock.TargetCategory.APPLICATION_CONTROL: "Application control",
    libblock.TargetCategory.ENDPOINT_DETECTION: "Endpoint detection and response",
    libblock.TargetCategory.SCANNER: "Scanners",
    libblock.TargetCategory.INTELLIGENCE: "Threat intelligence",
    libblock.TargetCategory.LIST: "Lists",
}

_PROOFS = {
    libblock.Proof.ENGINE: "proven by its engine",
    libblock.Proof.PARSER: "proven by a parser of others",
    libblock.Proof.DOCUMENTATION: "unproven: written from documentation",
}

_COLUMNS = ("target", "hashes", "rules", "enforce", "audit", "expiry", "platforms", "proof")


@click.command("targets", short_help="List what packages can be exported to.")
@format_option("markdown")
def command(form: str) -> None:
    """List the targets of `libblock export`, and what each can express.

    What a package says beyond that is reported when it is exported.
    """
    _PRINTERS[form]()


def _print_json() -> None:
    write_json({"version": 1, "targets": [target_form(each) for each in libblock.targets()]})


def _print_text() -> None:
    output = out()
    for number, (title, targets) in enumerate(_by_category()):
        if number:
            output.line()
        output.line((title, TITLE))
        output.rows(targets, _cells, indent=2)


def _by_category() -> Iterator[tuple[str, list[libblock.Target]]]:
    for category, title in _CATEGORY_TITLES.items():
        targets = [each for each in libblock.targets() if each.category == category]
        if targets:
            yield title, targets


def _cells(target: libblock.Target) -> list[Part]:
    if target.refusal:
        return [(target.name, TITLE), ("refused", NOTABLE), target.refusal, ""]
    can = target.capabilities
    proof = f"experimental, {_PROOFS[target.proof]}" if target.experimental else ""
    return [
        (target.name, TITLE),
        f"{target.engine}: {target.output}",
        "enforces" if can.enforce else "detects",
        (proof, NOTABLE) if proof else (_PROOFS[target.proof], QUIET),
    ]


# ---- docs/targets.md ---------------------------------------------------------------------------


def _print_markdown() -> None:
    sys.stdout.write("\n".join(_markdown()) + "\n")


def _markdown() -> Iterator[str]:
    yield "# Targets"
    yield ""
    yield "<!-- Made by `libblock targets --format markdown`; do not edit. -->"
    yield ""
    yield "`libblock export PACKAGE --to TARGET` writes a package in the form that an engine loads."
    yield "What the engine cannot express is reported, never dropped in silence. A rule is left out"
    yield "as a whole if one of its criteria cannot be asked for: with one less it would stop more."
    for title, targets in _by_category():
        yield ""
        yield f"## {title}"
        yield ""
        yield "| " + " | ".join(_COLUMNS) + " |"
        yield "|" + "---|" * len(_COLUMNS)
        for target in targets:
            yield "| " + " | ".join(_row(target)) + " |"
        for target in targets:
            yield from _section(target)
    yield ""
    yield "## Words"
    yield ""
    for enum in (libblock.Proof, libblock.AuditScope, libblock.LossKind, libblock.LossReason):
        yield f"**{enum.__name__}**: " + " ".join(
            f"`{each}`: {_lower_first(each.description)}" for each in enum
        )
        yield ""


def _row(target: libblock.Target) -> list[str]:
    can = target.capabilities
    name = f"[`{target.name}`](#{target.name})"
    if target.refusal:
        return [name, "refused", *[""] * (len(_COLUMNS) - 2)]
    return [
        name,
        ", ".join(can.hash_kinds) or "no",
        counted(len(can.fields), "field") if can.fields else "no",
        "yes" if can.enforce else "no",
        can.audit,
        "yes" if can.expiry else "no",
        ", ".join(can.platforms),
        target.proof,
    ]


def _section(target: libblock.Target) -> Iterator[str]:
    yield ""
    yield f"### {target.name}"
    yield ""
    label = " **Experimental.**" if target.experimental else ""
    link = f" ([format]({target.documentation}))" if target.documentation else ""
    yield f"{target.engine}: {target.output or 'nothing'}{link}.{label}"
    if target.refusal:
        yield f"It takes no package: {target.refusal}."
        return
    proof = target.proof.description.removesuffix(".")
    yield f"{proof}{f' (with {target.versions})' if target.versions else ''}."
    if not target.capabilities.enforce:
        yield "It reports what matches and blocks nothing, whatever state a package has."
    yield from target.remarks
    limits = [f"{name.replace('_', ' ')} {value:,}" for name, value in _limits_of(target)]
    if limits:
        yield f"Limits: {', '.join(limits)}."
    if target.capabilities.fields:
        yield ""
        yield "| field | operations | platforms | letter case |"
        yield "|---|---|---|---|"
        for each in target.capabilities.fields:
            where = each.platforms or target.capabilities.platforms
            yield (
                f"| `{each.field}` | {', '.join(each.operations)} | {', '.join(where)} "
                f"| {str(each.letter_case).replace('_', ' ')} |"
            )
    if target.settings:
        yield ""
        yield "| setting | default | meaning |"
        yield "|---|---|---|"
        for setting in target.settings:
            choices = f" One of {', '.join(setting.choices)}." if setting.choices else ""
            default = f"`{setting.default_value}`" if setting.default_value else ""
            yield f"| `{setting.name}` | {default} | {setting.description}{choices} |"


def _limits_of(target: libblock.Target) -> list[tuple[str, int]]:
    limits = target_form(target)["limits"]
    return list(limits.items())


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


_PRINTERS = {"text": _print_text, "json": _print_json, "markdown": _print_markdown}
