"""The result of the last soak, written into docs/trust.md: never by hand.

`make soak` empties the folder of results, runs the tests marked `soak`, each of which may keep a result, and then
`python -m tests.fuzz.trust docs/trust.md`, which replaces the part of that page between its two marks.
"""

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[2] / "build" / "soak"
BEGIN, END = "<!-- made by `make soak`: begin -->\n", "<!-- made by `make soak`: end -->\n"


def keep(result: dict[str, Any], first: int) -> None:
    """Keep what a kind came to for the page. result: a `harness.Result`. first: its first mutant's seed."""
    _keep("fuzz", result["kind"], {**result, "first": first})


def keep_line(title: str, line: str) -> None:
    """Keep the result of another long test, in one sentence with its figures."""
    _keep("line", title, {"title": title, "line": line})


def _keep(form: str, title: str, value: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    name = "".join(letter if letter.isalnum() else "-" for letter in title)
    (RESULTS / f"{form} {name}.json").write_text(json.dumps(value), "utf-8")


def page(before: str, results: list[dict[str, Any]], lines: list[dict[str, Any]]) -> str:
    """The page with its results replaced."""
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return head + BEGIN + _results(results, lines) + END + tail


def _results(results: list[dict[str, Any]], lines: list[dict[str, Any]]) -> str:
    machine = f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    cases, failed = (sum(one[key] for one in results) for key in ("cases", "failed"))
    text = [
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}: {cases:,} cases, {failed:,} failed.",
        "",
        "| kind | cases | refused in one line | seeds | most processor time | most memory | failed |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    text += [
        f"| {one['kind']} | {one['cases']:,} | {one['refused']:,} | from {one['first']:,} | {one['seconds']:.2f} s "
        f"| {one['megabytes']:.0f} MB | {one['failed']:,} |"
        for one in results
    ]
    text += ["", *(f"- {one['title']}: {one['line']}" for one in lines), ""] if lines else [""]
    for one in (one for one in results if one["failed"]):
        text += [f"Failed, {one['kind']}:", "", *(f"    {failure}" for failure in one["failures"][:5]), ""]
    return "\n".join(text)


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text("utf-8").splitlines() if information.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    """Write the page named on the command line; nothing is written when there are no results."""
    found = {path: json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    if not found:
        raise SystemExit("There are no results. Run make soak.")
    fuzz = [value for path, value in found.items() if path.name.startswith("fuzz")]
    lines = [value for path, value in found.items() if path.name.startswith("line")]
    target = Path(sys.argv[1])
    target.write_text(page(target.read_text("utf-8"), fuzz, lines), "utf-8")


if __name__ == "__main__":
    main()
