"""
Where the other tools run: an environment for each package, and a process for each tool.

Here lives the installing, by pip and npm, and the talk with `worker.py` and `worker.js`. What is
asked of the tools is elsewhere.
"""

import contextlib
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from peers import PEERS, Row

HERE: Final = Path(__file__).resolve().parent
INSTALL_SECONDS: Final = 900
START_SECONDS: Final = 120
PAGE_SECONDS: Final = 20.0
"""Of the wall; a page that takes longer has failed, and its process is started anew."""
ASKED: Final = ("wikitext", "title", "lang", "dialect")
INSTALLED: Final = "installed"
"""A file in an environment that was made to the end."""


class NotInstalledError(Exception):
    """A tool cannot be used; the message says why."""


class PageError(Exception):
    """A tool failed on a page."""


def run(*command: str | Path) -> None:
    """Run an installer; show what it says only if it fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=INSTALL_SECONDS,
            encoding="utf-8",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(f"{Path(command[0]).name}: {type(error).__name__}") from error
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise NotInstalledError(f"{Path(command[0]).name} failed, exit code {done.returncode}")


def python_of(package: str, cache: Path) -> Path:
    """Return the Python of an environment that holds a package; make it if there is none."""
    folder = cache / package
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / INSTALLED).exists():
        print(f"installing {package}", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package)
        (folder / INSTALLED).touch()
    return python


def modules_of(package: str, cache: Path) -> Path:
    """Return the folder whose node_modules hold a package; install it if there is none."""
    folder = cache / package
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        raise NotInstalledError("there is no Node.js with npm")
    if not (folder / INSTALLED).exists():
        print(f"installing {package}", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        run(npm, "install", "--prefix", folder, "--no-audit", "--no-fund", package)
        (folder / INSTALLED).touch()
    return folder


def command_for(name: str, cache: Path | None) -> list[str]:
    """
    Return the command of a tool's process, for which its package is installed.

    Without a cache nothing is: a tool of Python is then looked for in this environment.

    Raises:
        NotInstalledError: if it cannot be installed.
    """
    if name not in PEERS:
        return [sys.executable, str(HERE / "worker.py"), name]
    peer = PEERS[name]
    if peer.is_javascript:
        if cache is None:
            raise NotInstalledError("not looked for: npm was not asked")
        return ["node", str(HERE / "worker.js"), name, str(modules_of(peer.package, cache))]
    python = Path(sys.executable) if cache is None else python_of(peer.package, cache)
    return [str(python), str(HERE / "worker.py"), name]


def kill(process: "subprocess.Popen[str]") -> None:
    """End a process that leads a session, and the programs that it started."""
    if os.name == "nt":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class Worker:
    """
    A tool in a process of its own.

    `seconds` is a timer for `speed.time_rounds`. Use it as a context, or call `close`.
    """

    def __init__(
        self,
        command: Sequence[str],
        warmth: Sequence[Row] = (),
        *,
        limit: float = PAGE_SECONDS,
    ) -> None:
        self.version = ""
        self.loaded = 0
        """Bytes that were resident before the first page."""
        self.peak = 0
        """The most bytes that were resident at any time."""
        self._command: Final = list(command)
        self._warmth: Final = warmth
        """Pages that are read first, for whatever is loaded or compiled once."""
        self._limit: Final = limit
        self._failed: Final[set[str]] = set()
        self._process: subprocess.Popen[str] | None = None
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether the process is there; it is started anew when it is asked."""
        return self._process is not None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            kill(process)
            process.communicate()

    def ask(self, row: Row, *, show: bool = False) -> dict[str, Any]:
        """
        Have a page read; return what the worker says.

        Raises:
            PageError: if the tool fails on the page, or takes too long.
        """
        if self._process is None:
            self._start()
        said = self._talk({key: row[key] for key in ASKED if key in row} | {"show": show})
        if "error" in said:
            raise PageError(said["error"])
        self.peak = max(self.peak, said["peak"])
        return said

    def seconds(self, row: Row) -> float:
        """Return the CPU seconds of a page; not a number if it fails, now or before."""
        text = row["wikitext"]
        if text not in self._failed:
            try:
                return float(self.ask(row)["seconds"])
            except PageError:
                self._failed.add(text)
        return math.nan

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        except OSError as error:
            raise NotInstalledError(f"{type(error).__name__}: {error.strerror}") from error
        try:
            said = self._talk(None, START_SECONDS)
        except PageError as error:
            raise NotInstalledError(f"it does not start: {error}") from error
        if "error" in said:
            self.close()
            raise NotInstalledError(said["error"])
        self.version, self.loaded = said["version"], said["peak"]
        for row in self._warmth:
            self.seconds(row)

    def _talk(self, row: Mapping[str, Any] | None, limit: float | None = None) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise PageError("the process has ended")
        limit = limit or self._limit
        timer = threading.Timer(limit, kill, [process])
        timer.start()
        try:
            if row is not None:
                process.stdin.write(json.dumps(row) + "\n")
                process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
        if not line.endswith("\n"):
            self.close()
            raise PageError(f"ended, or took over {limit:.0f} s")
        said: dict[str, Any] = json.loads(line)
        return said
