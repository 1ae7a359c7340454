"""Settings of the documentation: MyST pages, and the API from docstrings."""

project = "wikiclean"
author = "wikiclean contributors"
project_copyright = "2026, wikiclean contributors"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "wikiclean"
html_static_path = ["_static"]
html_css_files = ["tables.css"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
# Inventories of other projects would be fetched; only our own names are links that can break.
nitpick_ignore_regex = [(r"py:.*", r"(?!wikiclean\.).*")]
nitpick_ignore = [("py:class", "wikiclean.api.T")]  # a type variable is nobody's page
