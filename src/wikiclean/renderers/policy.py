"""
What a page that we write may load and run: nothing but the style and the script that stand in it.

Here lives the Content-Security-Policy of such pages; what stands in them is theirs to know.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256


def security_policy(style: str, script: str = "") -> str:
    """
    Return the policy of a page that stands alone, for an attribute in double quotation marks.

    Args:
        style: All that its ``<style>`` holds, white space included.
        script: The same of its ``<script>``; empty if it has none, and then none runs.
    """
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    own = f"style-src '{_hash(style)}'; {scripts}"
    return f"default-src 'none'; {own}base-uri 'none'; form-action 'none'"


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
