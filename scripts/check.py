"""Run every check, the same here and in CI; stop at the first that fails, tests last."""

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

START = time.perf_counter()
ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PAGE = ROOT / "tests/fixtures/agreed_framework/agreed_framework.md"


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Name a command and the seconds so far, then run it; leave with its exit code if it fails."""
    print(f"[{time.perf_counter() - START:.0f} s]", *command, flush=True)
    code = subprocess.run(command, cwd=cwd, check=False).returncode
    if code:
        sys.exit(code)


def try_wheel(folder: Path) -> None:
    """Build the wheel, and use it away from the source tree, where only the wheel can serve."""
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ".")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / BIN.name / "python"
    run(python, "-m", "pip", "install", "-q", *folder.glob("*-py3-none-any.whl"))
    run(python, "-m", "wikiclean", "--version", cwd=folder)
    run(python, "-m", "wikiclean", PAGE, "-o", folder / "page.txt", cwd=folder)


def main() -> None:
    """Run the checks in order."""
    run(BIN / "ruff", "format", "--check")
    run(BIN / "ruff", "check")
    run(BIN / "mypy")
    run(BIN / "lint-imports", "--no-logo")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(BIN / "sphinx-build", "-q", "-n", "-W", "docs", folder / "html")
        try_wheel(folder)
    run(BIN / "pytest")


if __name__ == "__main__":
    main()
