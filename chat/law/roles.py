"""Who may act as a host, by the roles people have at that moment: nobody keeps one that they lost.

`crew` are today's curators and admins (`curation.rota.curators`); plain Python, asked wherever it
matters.
"""

from collections.abc import Collection


def hosts(
    crew: Collection[int], curator: int | None, chairs: Collection[int], *, is_over: bool
) -> frozenset[int]:
    """The curator and, until the end, whoever took the chair."""
    seats = {curator} if is_over else {curator, *chairs}
    return frozenset(one for one in seats if one is not None and one in crew)


def moderators(
    crew: Collection[int], curator: int | None, chairs: Collection[int], *, is_over: bool
) -> frozenset[int]:
    """Who may hide a post: the hosts, and any of the crew after the end, when no one hosts."""
    return frozenset(crew) if is_over else hosts(crew, curator, chairs, is_over=False)
