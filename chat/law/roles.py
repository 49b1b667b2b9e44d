"""Decides who may act as a host, by the roles that people have at that moment.

`crew` are today's curators and admins (`curation.rota.curators`); plain Python, asked wherever it
matters.
"""

from collections.abc import Collection


def hosts(
    crew: Collection[int], curator: int | None, chairs: Collection[int], *, is_over: bool
) -> frozenset[int]:
    """The curator and, until the end, the person who took the chair."""
    seats = {curator} if is_over else {curator, *chairs}
    return frozenset(one for one in seats if one is not None and one in crew)


def moderators(
    crew: Collection[int], curator: int | None, chairs: Collection[int], *, is_over: bool
) -> frozenset[int]:
    """The people who may hide a post: the hosts and, after the end, the whole crew."""
    return frozenset(crew) if is_over else hosts(crew, curator, chairs, is_over=False)
