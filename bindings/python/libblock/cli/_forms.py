"""The JSON forms of the model. What is not known is left out, as it is in facts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import libblock
from libblock.cli._columns import Columns
from libblock.cli._documents import groups_below, states_on
from libblock.cli._inputs import KnownGood
from libblock.cli._output import Json


def known(**values: object) -> Json:
    """The values that say something, as an object."""
    return {name: value for name, value in values.items() if value not in (None, "", 0)}


def time_form(instant: datetime | None) -> str | None:
    return None if instant is None else libblock.format_timestamp(instant)


def candidate_forms(of: Columns) -> Iterator[Json]:
    places = zip(of["sha256"], of["line"], of["column"], of["kind"], strict=True)
    contexts = zip(of["platform"], of["file_name"], of["label"], of["labelled_as"], strict=True)
    for place, context in zip(places, contexts, strict=True):
        form = dict(zip(("sha256", "line", "column", "kind"), place, strict=True))
        platform, file_name, label, labelled_as = context
        if platform:
            form["platform"] = platform
        if file_name:
            form["file_name"] = file_name
        if label:
            form["label"] = label
        if labelled_as is not libblock.DigestLabel.NONE:
            form["labelled_as"] = labelled_as
        yield form


def rejection_forms(of: Columns) -> Iterator[Json]:
    for text, reason, line, column in zip(
        of["text"], of["reason"], of["line"], of["column"], strict=True
    ):
        yield {"text": text, "reason": reason, "line": line, "column": column}


def entry_form(entry: libblock.HashEntry) -> Json:
    return {"sha256": entry.sha256.hex, "kind": entry.kind} | known(
        platform=entry.platform,
        file_name=entry.file_name,
        note=entry.note,
        source=entry.source,
        line=entry.line,
        column=entry.column,
    )


def entry_forms(of: Columns) -> Iterator[Json]:
    """The same of many."""
    names = ("sha256", "kind", "platform", "file_name", "note", "source", "line", "column")
    for digest, kind, *others in zip(*(of[name] for name in names), strict=True):
        form = {"sha256": digest, "kind": kind}
        yield form | known(**dict(zip(names[2:], others, strict=True)))


def criterion_form(criterion: libblock.Criterion) -> Json:
    return {
        "field": criterion.field,
        "operation": criterion.operation,
        "value": criterion.value,
    }


def rule_form(rule: libblock.MetadataRule) -> Json:
    return {
        "name": rule.name,
        "platforms": list(rule.platforms),
        "criteria": [criterion_form(each) for each in rule.criteria],
    }


def provenance_form(record: libblock.Provenance) -> Json:
    return {
        "name": record.source.name,
        "sha256": record.source.sha256.hex,
        **known(imported=time_form(record.source.imported)),
        "accepted": record.accepted,
        "rejected": record.rejected,
        "duplicates": record.duplicates,
        "selected": record.selected,
        "added": record.added,
    }


def package_form(package: libblock.Package) -> Json:
    """What identifies a package and says how large it is."""
    return {
        "name": package.name,
        "version": package.version,
        "digest": package.digest().hex,
        "hashes": len(package),
        "rules": len(package.rules),
    }


def state_form(item: libblock.PackageState | libblock.Evidence | libblock.UndecidedRule) -> Json:
    """The effective state of a package in a group, and where it was set."""
    return {"package": item.package, "state": item.state} | known(
        group=item.group, since=time_form(item.since)
    )


def policy_form(policy: libblock.Policy, top: str = "/") -> Json:
    """The packages of a policy, and the states of all that is set on each group or above it."""
    return {
        "packages": [{"name": each.name, "file": each.file} for each in policy.packages],
        "groups": [
            {"path": path, "states": _states_form(policy.tree, path)}
            for path in groups_below(policy.tree, top)
        ],
    }


def _states_form(tree: libblock.PolicyTree, path: str) -> list[Json]:
    return [state_form(each) | {"inherited": each.group != path} for each in states_on(tree, path)]


def decision_form(decision: libblock.Decision) -> Json:
    return {
        "verdict": decision.verdict,
        "evidence": [_evidence_form(each) for each in decision.evidence],
        "undecided": [
            state_form(each) | {"rule": _judged_form(each)} for each in decision.undecided
        ],
        "expired": list(decision.expired),
    }


def _evidence_form(evidence: libblock.Evidence) -> Json:
    if evidence.entry is not None:
        return state_form(evidence) | {"hash": entry_form(evidence.entry)}
    return state_form(evidence) | {"rule": _judged_form(evidence)}


def _judged_form(item: libblock.Evidence | libblock.UndecidedRule) -> Json:
    """A rule, and how each of its criteria came out."""
    assert item.rule is not None
    return rule_form(item.rule) | {
        "criteria": [
            criterion_form(each.criterion) | {"outcome": each.outcome} | known(fact=each.fact)
            for each in item.criteria
        ]
    }


def known_good_form(guards: Sequence[KnownGood]) -> Json:
    """What must not be taken, if anything: its sources and how many hashes each has."""
    if not guards:
        return {}
    return {"known_good": [{"file": each.name, "hashes": len(each.hashes)} for each in guards]}


# ---- targets -----------------------------------------------------------------------------------


def target_form(target: libblock.Target) -> Json:
    """A target and what it can express; what it cannot is left out."""
    can = target.capabilities
    return {
        "name": target.name,
        "engine": target.engine,
        "category": target.category,
        "proof": target.proof,
        "experimental": target.experimental,
        "hash_kinds": can.hash_kinds,
        "platforms": can.platforms,
        "executables_only": can.executables_only,
        "fields": [
            {
                "field": each.field,
                "operations": each.operations,
                "platforms": each.platforms or can.platforms,
                "letter_case": each.letter_case,
            }
            for each in can.fields
        ],
        "enforce": can.enforce,
        "audit": can.audit,
        "expiry": can.expiry,
        "message": can.message,
        "limits": known(
            entries=can.limits.entries,
            entries_per_document=can.limits.entries_per_document,
            entries_per_item=can.limits.entries_per_item,
            document_bytes=can.limits.document_bytes,
            criteria_per_rule=can.limits.criteria_per_rule,
        ),
        "settings": [
            {
                "name": each.name,
                "description": each.description,
                "default": each.default_value,
                "choices": each.choices,
            }
            for each in target.settings
        ],
        "remarks": target.remarks,
    } | known(
        output=target.output,
        versions=target.versions,
        documentation=target.documentation,
        refusal=target.refusal,
    )


def loss_form(loss: libblock.Loss) -> Json:
    """What was lost of a package in one way, with each hash and each rule."""
    return {
        "package": loss.package,
        "kind": loss.kind,
        "reason": loss.reason,
        "message": loss.message,
        "hashes": [entry_form(each) for each in loss.entries],
        "rules": [
            {"rule": each.rule} | ({} if each.criterion is None else {"criterion": each.criterion})
            for each in loss.rules
        ],
    }
