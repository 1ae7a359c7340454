"""
Fuzz a target: ``python fuzz/run.py wikitext -max_total_time=1200``.

What stands behind the target goes to libFuzzer. New inputs that reach new code are kept under
``fuzz/found/TARGET``, what fails is written beside it; the kept inputs of the tests are where it
begins. Needs atheris (``pip install atheris``).
"""

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "fixtures" / "fuzz"
FOUND = ROOT / "fuzz" / "found"
ENGINES = ("adapters", "spark", "ray", "partitions", "remote", "__main__")
"""Modules that no target uses, and that need what may not be installed."""


def main() -> None:
    """Fuzz the target that the command line names."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]
    with atheris.instrument_imports(include=["wikiclean"]):
        import wikiclean

        for module in pkgutil.walk_packages(wikiclean.__path__, "wikiclean."):
            if module.name.split(".")[1] not in ENGINES:
                import_module(module.name)
    from targets import TARGETS

    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: python fuzz/run.py {{{','.join(TARGETS)}}} [LIBFUZZER_OPTION …]")
    name = sys.argv[1]
    found = FOUND / name
    found.mkdir(parents=True, exist_ok=True)
    (KEPT / name).mkdir(parents=True, exist_ok=True)
    # A page of a few thousand characters is read in milliseconds: ten seconds are a hang.
    options = ["-timeout=10", "-max_len=2000", f"-artifact_prefix={FOUND}/{name}-", *sys.argv[2:]]

    def target(data: bytes) -> None:
        try:
            TARGETS[name](data)
        except Exception:
            # libFuzzer writes it too, unless its clock ends the process before.
            (FOUND / f"{name}-raised").write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], str(found), str(KEPT / name), *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
