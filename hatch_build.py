"""
Compiles the parser of wikitext with mypyc, in builds that ask for it: HATCH_BUILD_HOOKS_ENABLE=1.

All that is made stands in a folder of its own and goes from there into the wheel. In the source
tree a compiled module would be imported in the place of the source that is being edited.
"""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.builders.wheel import WheelBuilderConfig
from mypyc.build import mypycify
from setuptools import Distribution

COMPILED = ("wikiclean/parsers/writer.py", "wikiclean/parsers/wikitext/*.py")
"""In ``src``: where most of the time of a page goes. No class of attrs is among them, for mypyc
leaves those as Python makes them."""


class Compiler(BuildHookInterface[WheelBuilderConfig]):
    """Puts compiled modules into a wheel, beside their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and say that the wheel is one for this platform and this Python."""
        if version == "editable":
            return
        self._folder = TemporaryDirectory()
        for path, name in compile_modules(Path(self.root, "src"), Path(self._folder.name)):
            build_data["force_include"][str(path)] = name
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what the wheel holds now."""
        del build_data, artifact_path
        if version != "editable":
            self._folder.cleanup()


def compile_modules(source: Path, folder: Path) -> list[tuple[Path, str]]:
    """Compile `COMPILED` into a folder; return each file and where it belongs in the wheel."""
    with contextlib.chdir(source):  # so that tracebacks name the modules from the package on
        modules = sorted(str(path) for one in COMPILED for path in Path().glob(one))
        extensions = mypycify(
            [
                "--config-file=",  # the strict check is not the builder's to pass
                f"--cache-dir={folder / 'cache'}",
                "--follow-imports=silent",
                *modules,
            ],
            opt_level="2",
            debug_level="0",
            target_dir=str(folder / "c"),
        )
        command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        command.build_lib = str(folder / "lib")
        command.build_temp = str(folder / "temp")
        command.ensure_finalized()
        command.run()
    library = folder / "lib"
    return [
        (path, path.relative_to(library).as_posix())
        for path in sorted(library.rglob("*"))
        if path.is_file()
    ]
