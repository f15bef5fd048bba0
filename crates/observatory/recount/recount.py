#!/usr/bin/env python3
"""Counts the open data of an observatory again, without any code of the observatory: standard library only.

    python3 recount.py SITE/data

1. Where products are named, the figures of now follow from their rows: every one that is told is compared.
2. Every sum whose parts and total are told is added up again.
3. Nothing that is few or withheld has a number, and no sum leaves a single one of its members to be computed.

Exit 0 when all agrees, 1 when something differs (told on stderr), 2 when the data cannot be read.
"""
import csv
import json
import pathlib
import sys
from collections import Counter, defaultdict

def table(folder, name):
    with open(folder / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def certificate(row, today):
    if not row["certificate"]:
        return "none"
    past = row["certificate_valid_until"] < today
    return "expired" if past and row["certificate"] in ("granted", "conditional") else row["certificate"]


def main(folder):
    wrong, compared = [], 0
    picture = json.loads((folder / "picture.json").read_text(encoding="utf-8"))
    now, today = picture["periods"][-1]["id"], picture["as_of"][:10]
    everybody = picture["disclosure"]["named"] == "all"
    aggregates, requirements = table(folder, "aggregates"), table(folder, "requirements")
    products, results = table(folder, "products"), table(folder, "results")

    for row in aggregates + requirements:
        if (row["told"] == "number") != bool(row["products"]):
            wrong.append(f"a number that is not told, or the other way round: {row}")

    # 1. From the rows of products.
    counted, standing = Counter(), Counter()
    for row in products:
        for level, exchange, profile in (
            ("total", "", ""),
            ("exchange", row["exchange"], ""),
            ("profile", row["exchange"], row["profile"]),
        ):
            place = (level, exchange, profile)
            counted[(*place, "products", "total")] += 1
            for partition in ("whole", "spoor_1", "spoor_2"):
                if row[partition]:
                    counted[(*place, partition, row[partition])] += 1
                    counted[(*place, partition, "total")] += 1
            counted[(*place, "certificates", certificate(row, today))] += 1
        standing[row["profile"]] += 1
    outcomes = Counter((row["profile"], row["requirement"], row["outcome"]) for row in results)
    asked = Counter((row["profile"], row["requirement"]) for row in results)
    for row in aggregates if everybody else []:
        if row["period"] == now and row["told"] == "number":
            compared += 1
            own = counted[(row["level"], row["exchange"], row["profile"], row["partition"], row["part"])]
            if own != int(row["products"]):
                wrong.append(f"recounted {own}: {row}")
    for row in requirements if everybody else []:
        if row["period"] == now and row["told"] == "number":
            compared += 1
            own = outcomes[(row["profile"], row["requirement"], row["outcome"])]
            if row["outcome"] == "not_asked":
                own = standing[row["profile"]] - asked[(row["profile"], row["requirement"])]
            if own != int(row["products"]):
                wrong.append(f"recounted {own}: {row}")

    # 2 and 3. From the sums.
    sums = []
    cells = {}
    for row in aggregates:
        cells[(row["period"], row["level"], row["exchange"], row["profile"], row["partition"], row["part"])] = row
    groups = defaultdict(list)
    for key in cells:
        groups[key[:5]].append(key)
    for group, members in groups.items():
        total = (*group, "total")
        if group[4] == "certificates":
            total = (*group[:4], "products", "total")
        parts = [key for key in members if key[5] != "total"]
        if parts:
            sums.append((cells[total], [cells[key] for key in parts]))
    for key, row in cells.items():
        period, level, exchange, _, partition, part = key
        below = {"total": "exchange", "exchange": "profile"}.get(level)
        if below:
            parts = [
                other
                for place, other in cells.items()
                if place[0] == period and place[1] == below and place[4:] == (partition, part)
                and (level == "total" or place[2] == exchange)
            ]
            sums.append((row, parts))
    rows = defaultdict(list)
    for row in requirements:
        rows[(row["period"], row["exchange"], row["profile"], row["requirement"])].append(row)
    for (period, exchange, profile, _), parts in rows.items():
        sums.append((cells[(period, "profile", exchange, profile, "products", "total")], parts))
    for total, parts in sums:
        hidden = [row for row in [total, *parts] if row["told"] != "number"]
        if not hidden:
            compared += 1
            own = sum(int(row["products"]) for row in parts)
            if own != int(total["products"]):
                wrong.append(f"the parts add up to {own}: {total}")
        elif len(hidden) == 1:
            wrong.append(f"follows from the others: {hidden[0]}")

    for line in wrong[:50]:
        print(line, file=sys.stderr)
    print(f"{compared} figures and sums counted again, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        sys.exit(main(pathlib.Path(sys.argv[1])))
    except (OSError, KeyError, ValueError) as error:
        print(f"cannot read the data: {error!r}", file=sys.stderr)
        sys.exit(2)
