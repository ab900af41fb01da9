"""Fetches calendars of other programs for the tests of the import: those in the tests of packages, pinned by hash.

They are not in the repository, since they are not ours to give. Without a network the tests are skipped and say so.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
WANTED = ROOT / "requirements" / "corpora.txt"
FOLDER = ROOT / ".venv" / "corpora"
MOST_BYTES = 5_000_000
PATIENCE = 300  # seconds for one package


def main() -> None:
    """Fetch what is not there yet."""
    text = WANTED.read_text("utf-8")
    ready = FOLDER / "ready"
    if ready.exists() and ready.read_text("utf-8") == text:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    print("fetching calendars of other programs for the tests …")
    pinned = re.findall(r"^(\S+==\S+) --hash=sha256:(\w{64})$", text, re.MULTILINE)
    found = [_fetch(name, digest) for name, digest in pinned]
    if all(found):
        ready.write_text(text, encoding="utf-8")


def _fetch(name: str, digest: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        command += ["--no-deps", "--no-binary", name.partition("==")[0], "--dest", folder, name]  # its tools as wheels
        try:
            done = subprocess.run(  # noqa: S603 (what is fetched is pinned in a file of ours)
                command, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            done = None
        package = next(iter(Path(folder).glob("*.tar.gz")), None)
        if done is None or done.returncode or package is None:
            print(f"{name} cannot be fetched; the tests that need it will say so.")
            return False
        if hashlib.sha256(package.read_bytes()).hexdigest() != digest:
            sys.exit(f"{name} is not the one that is pinned in {WANTED.relative_to(ROOT)}")
        _unpack(package, FOLDER / name.partition("==")[0])
    return True


def _unpack(package: Path, target: Path) -> None:
    """Take the calendars out of a package, under names of our own."""
    target.mkdir(exist_ok=True)
    with tarfile.open(package) as archive:
        calendars = [member for member in archive if member.isfile() and member.name.endswith(".ics")]
        for number, member in enumerate(sorted(calendars, key=lambda member: member.name)):
            file = archive.extractfile(member)
            if file is not None and member.size <= MOST_BYTES:
                name = re.sub(r"[^\w.-]", "_", Path(member.name).name)
                (target / f"{number:03}-{name}").write_bytes(file.read())


if __name__ == "__main__":
    main()
