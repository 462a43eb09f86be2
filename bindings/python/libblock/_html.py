"""What notebooks show of the larger classes: a caption and tables that stop after some rows."""

from collections.abc import Iterable, Sequence
from html import escape

from libblock import _core

_ROWS = 50


def _row(tag: str, cells: Iterable[object]) -> str:
    texts = (escape("" if cell is None else str(cell)) for cell in cells)
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"


def _table(
    caption: str, headers: Sequence[str], rows: Sequence[Sequence[object]], count: int | None = None
) -> str:
    """A table of the first rows and a line that counts the others; no rows make no table. `count`
    is how many there are, if the first alone are given."""
    if not rows:
        return f"<p>{escape(caption)}</p>"
    more = (len(rows) if count is None else count) - _ROWS
    tail = [f'<tr><td colspan="{len(headers)}">and {more} more</td></tr>'] if more > 0 else []
    parts = [f"<table><caption>{escape(caption)}</caption>"]
    parts += ["<thead>", _row("th", headers), "</thead><tbody>"]
    parts += [_row("td", row) for row in rows[:_ROWS]]
    parts += [*tail, "</tbody></table>"]
    return "".join(parts)


def _criterion(criterion: _core.Criterion) -> str:
    return f"{criterion.field} {criterion.operation} {criterion.value}"


def _rule_cells(rule: _core.MetadataRule) -> list[object]:
    criteria = " and ".join(_criterion(criterion) for criterion in rule.criteria)
    return [rule.name, ", ".join(rule.platforms), criteria]


def _entry_cells(entry: _core.HashEntry) -> list[object]:
    return [entry.sha256, entry.kind, entry.file_name, entry.platform, entry.note]


_ENTRY_HEADERS = ("SHA-256", "kind", "file name", "platform", "note")
_RULE_HEADERS = ("rule", "platforms", "criteria")


def hash_set(hashes: _core.HashSet) -> str:
    rows = [[item] for item in hashes[:_ROWS]]
    return _table(f"Digests: {len(hashes)}", ["SHA-256"], rows, len(hashes))


def file_facts(facts: _core.FileFacts) -> str:
    rows = [
        [name, fact if isinstance(fact, str) else ", ".join(fact)]
        for name, fact in facts.to_dict().items()
    ]
    return _table(f"Facts: {len(rows)}", ["fact", "value"], rows)


def extraction(found: _core.Extraction) -> str:
    accepted = [
        [item.line, item.column, item.sha256, item.file_name, item.platform]
        for item in found.accepted[:_ROWS]
    ]
    rejected = [
        [item.line, item.column, item.text, item.reason.description]
        for item in found.rejected[:_ROWS]
    ]
    headers = ["line", "column", "SHA-256", "file name", "platform"]
    counts = len(found.accepted), len(found.rejected)
    return (
        _table(f"Accepted: {counts[0]}", headers, accepted, counts[0])
        + _table(f"Rejected: {counts[1]}", [*headers[:2], "text", "why"], rejected, counts[1])
        + f"<p>Duplicates: {len(found.duplicates)}</p>"
    )


def package(item: _core.Package) -> str:
    entries = [_entry_cells(entry) for entry in item.entries[:_ROWS]]
    rules = [_rule_cells(rule) for rule in item.rules]
    return (
        f"<p><b>{escape(item.name)}</b> version {item.version}</p>"
        f"<p>{escape(item.description)}</p>"
        + _table(f"Hashes: {len(item)}", _ENTRY_HEADERS, entries, len(item))
        + _table(f"Rules: {len(rules)}", _RULE_HEADERS, rules)
    )


def package_diff(changes: _core.PackageDiff) -> str:
    attributes = [[item.attribute, item.before, item.after] for item in changes.attributes]
    entries = [
        *(["added", *_entry_cells(entry)] for entry in changes.entries_added[:_ROWS]),
        *(["removed", *_entry_cells(entry)] for entry in changes.entries_removed[:_ROWS]),
        *(["was", *_entry_cells(change.before)] for change in changes.entries_changed[:_ROWS]),
        *(["is", *_entry_cells(change.after)] for change in changes.entries_changed[:_ROWS]),
    ]
    count = len(changes.entries_added) + len(changes.entries_removed)
    count += 2 * len(changes.entries_changed)
    rules = [
        *(["added", *_rule_cells(rule)] for rule in changes.rules_added),
        *(["removed", *_rule_cells(rule)] for rule in changes.rules_removed),
        *(["was", *_rule_cells(change.before)] for change in changes.rules_changed),
        *(["is", *_rule_cells(change.after)] for change in changes.rules_changed),
    ]
    return (
        _table(f"Attributes: {len(attributes)}", ["attribute", "before", "after"], attributes)
        + _table(f"Hashes: {count}", ["change", *_ENTRY_HEADERS], entries, count)
        + _table(f"Rules: {len(rules)}", ["change", *_RULE_HEADERS], rules)
    )


def policy_tree(tree: _core.PolicyTree) -> str:
    rows: list[list[object]] = []
    for group in tree.groups:
        rows.append([group.path, "", "", ""])
        rows += [["", name, item.state, item.since] for name, item in group.states.items()]
    return _table(f"Groups: {len(tree)}", ["group", "package", "state", "since"], rows)


def policy(item: _core.Policy) -> str:
    files = [[file.name, file.file] for file in item.packages]
    return policy_tree(item.tree) + _table(f"Packages: {len(files)}", ["name", "file"], files)


def _because(evidence: _core.Evidence) -> object:
    match = evidence.match
    return match.sha256 if isinstance(match, _core.HashEntry) else match.rule.name


def decision(result: _core.Decision) -> str:
    matches = [
        [item.state, item.package, _because(item), item.group, item.since]
        for item in result.evidence
    ]
    undecided = [[item.state, item.package, item.rule.name] for item in result.undecided]
    return (
        f"<p><b>{escape(result.verdict)}</b>: {escape(result.verdict.description)}</p>"
        + _table(
            f"Matches: {len(matches)}",
            ["state", "package", "because of", "set on", "since"],
            matches,
        )
        + _table(f"Undecided: {len(undecided)}", ["state", "package", "rule"], undecided)
    )
