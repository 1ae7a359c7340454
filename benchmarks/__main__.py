"""`python -m benchmarks` runs all benchmarks; see `suite.py`, and `--help`."""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.exit(importlib.import_module("suite").main())
