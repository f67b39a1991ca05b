"""A CycloneDX list of what the app needs, from one of everything that is installed.

`python -m tools.sbom INSTALLED.json requirements.lock OUT.json`: keeps the packages of the lock file and how they
depend on one another, and drops tools, addresses and paths, so that the same lock gives the same file everywhere.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

_PINNED = re.compile(r"^([a-z0-9-]+==[^\\\n]+)", re.MULTILINE)
_ROOT = "root-component"


def normal(name: str) -> str:
    """A package's name as lock files and package URLs write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: str) -> dict[str, str]:
    """Package → version of a lock file, of those that are installed on a system like this one."""
    locked = map(Requirement, _PINNED.findall(lock))
    return {
        one.name: str(one.specifier).removeprefix("==") for one in locked if not one.marker or one.marker.evaluate()
    }


def locked_sbom(installed: dict[str, Any], lock: dict[str, str], direct: set[str]) -> dict[str, Any]:
    """The list of the lock's packages. direct: those that the project itself asks for.

    Raises SystemExit when another version than the lock's is installed, or none.
    """
    found = {normal(one["name"]): one for one in installed["components"]}
    for name, version in lock.items():
        here = found.get(name, {}).get("version")
        if here != version:
            raise SystemExit(f"{name} {version} is locked, and {here or 'none'} is installed. Run make lock first.")
    kept = {found[name]["bom-ref"]: f"{name}=={version}" for name, version in sorted(lock.items())}
    components = [
        {key: value for key, value in found[name].items() if key != "externalReferences"}
        | {"bom-ref": f"{name}=={version}", "name": name}
        for name, version in sorted(lock.items())
    ]
    needs = {one["ref"]: one.get("dependsOn", []) for one in installed["dependencies"]}
    graph = [
        {"ref": new, "dependsOn": sorted(kept[one] for one in needs.get(old, []) if one in kept)}
        for old, new in kept.items()
    ]
    root = {"ref": _ROOT, "dependsOn": [f"{name}=={lock[name]}" for name in sorted(direct)]}
    tools = [{"type": "application", "name": one["name"]} for one in installed["metadata"]["tools"]["components"]]
    metadata = {**installed["metadata"], "tools": {"components": tools}}
    return {**installed, "metadata": metadata, "components": components, "dependencies": [root, *graph]}


def main() -> None:
    """Read the three paths of the command line and write the last."""
    source, lock, target = map(Path, sys.argv[1:])
    requirements = re.findall(r"^([a-z0-9-]+)[<>=!~]", Path("requirements.txt").read_text("utf-8"), re.MULTILINE)
    value = locked_sbom(json.loads(source.read_text("utf-8")), pinned(lock.read_text("utf-8")), set(requirements))
    target.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
