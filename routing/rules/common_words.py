"""Words of everyday Portuguese that look like misspelt words of the rules, and are not."""

COMMON: frozenset[str] = frozenset()
