"""What a Document is written out as: JSON, rows, Markdown, HTML, and other choices of its text."""
