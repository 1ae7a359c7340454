"""
Pages of dumps in the words of other frameworks: a module for each, imported only by its users.

Here live thin readers. How a dump is cut, read and made into rows is in ``partitions``; a module
says what its framework calls a row's columns, and nothing else.
"""
