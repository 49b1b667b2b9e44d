"""The tables: what each way costs, and the ratios beside what they should reach."""

from bench.contenders import CHANNELS, ORM, OURS, PLAIN, WS
from bench.figures import Figures, Name, table
from bench.rounds import COOKIE, EMPTY, TICKET

FEW = 10  # the smaller room is a tenth of the larger one


def report(figures: Figures, people: int, burst: int, rounds: int) -> str:
    parts = [f"Medians of {rounds} rounds; servers on one core, all else on others."]
    for count in (people, people // FEW):
        parts.append(fan_out(figures, count, burst))
    parts += [joins(figures), posts(figures), processes(figures), ratios(figures, people)]
    return "\n".join(part for part in parts if part)


def fan_out(figures: Figures, count: int, burst: int) -> str:
    show = figures.show
    rows = []
    for contender in (OURS, PLAIN, CHANNELS, WS):
        one, many = ("fan", count, contender), ("burst", count, contender)
        steady, opened = ("pace", count, contender), ("open", count, contender)
        rows.append(
            [
                contender,
                show(*one, "cost"), show(*one, "rate", form="{:,.0f}"),
                show(*many, "cost"), show(*many, "joined"),
                show(*steady, "p50"), show(*steady, "p99"),
                show(*one, "memory", form="{:,.0f}"),
                show(*one, "share", form="{:.0f} %"), lost(figures, opened, one, many, steady),
            ]
        )  # fmt: skip
    head = [
        f"{count} connections", "µs CPU per delivery", "deliveries/s per core",
        f"µs in bursts of {burst}", "posts a frame", "5 posts/s: p50 ms", "p99 ms",
        "bytes each", "generator", "lost",
    ]  # fmt: skip
    return only_if_measured(rows, table("One room, one post at a time", head, rows))


def joins(figures: Figures) -> str:
    show = figures.show
    rows = []
    for contender, way in ((OURS, TICKET), (OURS, COOKIE), (OURS, EMPTY), (CHANNELS, COOKIE)):
        name = ("join", contender, way)
        rows.append(
            [
                f"{contender}, {way}", show(*name, "rate", form="{:,.0f}"),
                show(*name, "cost", form="{:,.0f}"), show(*name, "p50", form="{:,.0f}"),
                show(*name, "p99", form="{:,.0f}"), show(*name, "share", form="{:.0f} %"),
                lost(figures, name),
            ]
        )  # fmt: skip
    head = ["", "joins/s", "µs CPU", "p50 ms", "p99 ms", "generator", "failed"]
    return only_if_measured(
        rows, table("Everybody joins, 300 at once, with 50 posts of history", head, rows)
    )


def posts(figures: Figures) -> str:
    rows = []
    for world in ("SQLite", "PostgreSQL"):
        ways: list[tuple[str, Name]] = [
            ("over sockets, all 50 read along", ("post", OURS, world, "reading")),
            ("over sockets, nobody reads", ("post", OURS, world, "writing")),
            ("over sockets, one ORM create each", ("post", ORM, world, "writing")),
            ("storing alone, the ledger", ("store", "ledger", world)),
            ("storing alone, one ORM create each", ("store", "orm", world)),
        ]
        for title, name in ways:
            rate = "per_second" if name[0] == "store" else "rate"
            rows.append(
                [
                    f"{world}: {title}", figures.show(*name, rate, form="{:,.0f}"),
                    figures.show(*name, "cost", form="{:,.0f}"), figures.show(*name, "p50"),
                    figures.show(*name, "p99"), figures.show(*name, "share", form="{:.0f} %"),
                    lost(figures, name),
                ]
            )  # fmt: skip
    head = ["", "posts/s", "µs CPU", "ack p50 ms", "p99 ms", "generator", "lost"]
    return only_if_measured(rows, table("Stored and acknowledged, 50 writers", head, rows))


def processes(figures: Figures) -> str:
    rows = [
        [
            f"{count} process{'es' if count > 1 else ''}",
            figures.show("processes", count, "cost"), lost(figures, ("processes", count)),
        ]
        for count in (1, 2)
    ]  # fmt: skip
    head = ["PostgreSQL and Redis", "µs CPU per delivery", "lost"]
    return only_if_measured(rows, table("Several processes, one room", head, rows))


def ratios(figures: Figures, people: int) -> str:
    """What is asked of the room (a ratio of each round), and what came out."""
    few = people // FEW
    wanted: list[tuple[str, Name, Name, str]] = []
    for count, least in ((people, "0.8"), (few, "0.65")):
        one = ("fan", count, OURS, "rate")
        wanted += [
            (f"Deliveries to {count}: of Channels' own", one, ("fan", count, CHANNELS, "rate"),
             "≥ 30" if count == people else ""),
            (f"Deliveries to {count}: of ws", one, ("fan", count, WS, "rate"), f"≥ {least}"),
            (f"Burst to {count}: of ws, one write per post", ("burst", count, OURS, "rate"),
             ("burst", count, WS, "rate"), "≥ 3" if count == people else ""),
            (f"Plain send to {count}: of Channels' own", ("fan", count, PLAIN, "rate"),
             ("fan", count, CHANNELS, "rate"), "≥ 6" if count == people else ""),
            (f"p99 to {count} at 5 posts/s: of ws", ("pace", count, OURS, "p99"),
             ("pace", count, WS, "p99"), "≤ 1.3" if count == people else ""),
        ]  # fmt: skip
    for world in ("SQLite", "PostgreSQL"):
        wanted += [
            (f"Storing, {world}: of one ORM create each", ("store", "ledger", world, "per_second"),
             ("store", "orm", world, "per_second"), "≥ 8"),
            (f"Over sockets, {world}: the same", ("post", OURS, world, "writing", "rate"),
             ("post", ORM, world, "writing", "rate"), ""),
        ]  # fmt: skip
    join, two = ("join", OURS), ("processes", 2, "cost")
    wanted += [
        ("Joins by ticket: of Channels' own", (*join, TICKET, "rate"),
         ("join", CHANNELS, COOKIE, "rate"), "≥ 5"),
        ("Joins by cookie: of Channels' own", (*join, COOKIE, "rate"),
         ("join", CHANNELS, COOKIE, "rate"), ""),
        ("Two processes: CPU per delivery of one", two, ("processes", 1, "cost"), "≤ 1.25"),
    ]  # fmt: skip
    rows = []
    for title, above, below, goal in wanted:
        found = figures.ratio(above, below)
        if found:
            middle = found[len(found) // 2]
            rows.append([title, f"{middle:.2f}", f"{found[0]:.2f} to {found[-1]:.2f}", goal])
    memory = figures.get("fan", people, OURS, "memory")
    if memory is not None:
        rows.append(["Memory per connection, kB", f"{memory / 1000:.1f}", "", "≤ 45"])
    return table("In one run", ["ratio", "median", "of the rounds", "wanted"], rows)


def lost(figures: Figures, *names: Name) -> str:
    """Everything that did not arrive, was refused or was cut off, over all rounds."""
    return f"{sum(sum(figures.rounds.get((*name, 'lost'), [])) for name in names):.0f}"


def only_if_measured(rows: list[list[str]], text: str) -> str:
    return text if any(cell != "–" for row in rows for cell in row[1:-1]) else ""
