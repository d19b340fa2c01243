"""Thin views for notebooks: a widget is given a step, shows what it returns, and holds no numbers of its own."""
