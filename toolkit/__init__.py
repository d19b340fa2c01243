"""Papermask: was the face shown to a clock-in terminal a face or a print?

The steps of a case are functions of :mod:`toolkit.pipeline`; the case folder
is :class:`toolkit.casebook.case.Case`; the report is made by
:mod:`toolkit.report`. Notebook, command line and cluster call the same ones.
"""

__version__ = "0.1.0"
