"""``python -m wikiclean``: the one place that ends the process."""

import sys

from wikiclean.cli import main

sys.exit(main())
