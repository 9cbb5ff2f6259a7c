"""Small Markdown documents in English-like sentences, equal in every run."""

import random
from pathlib import Path

SECTIONS = 5
SENTENCES = 9

PLACES = "harbour mill weir orchard quarry library station lighthouse bakery archive".split()
PEOPLE = "keeper miller pilot gardener clerk engineer teacher surveyor baker carter".split()
THINGS = (
    "ledger sluice lantern crane timetable barrel compass ladder press kiln chart bell "
    "wagon gauge valve beam rope map record seedling bridge engine meter shelf mooring"
).split()
QUALITIES = (
    "narrow quiet heavy early broken painted wooden northern careful spare remote level "
    "brass common double shallow steady"
).split()
VERBS = "carries measures repairs orders counts replaces lifts marks clears inspects".split()
TIMES = (
    "before the tide turns|on the first market day|when the frost has gone|after the evening train"
    "|in the second week of March|while the river is low|at the end of each quarter"
).split("|")
FORMS = (
    "The {person} of the {place} {verb} the {quality} {thing} {time}.",
    "Every {quality} {thing} in the {place} has a number, and the {person} {verb} it {time}.",
    "If the {thing} fails, the {person} {verb} a {quality} {other} {time}.",
    "No {thing} leaves the {place} until a {person} {verb} the {quality} {other}.",
    "Between the {place} and the {thing} lies a {quality} {other}, {amount} metres long.",
    "It took {amount} days until the {person} found the {quality} {thing} {time}.",
)


def sentence(chance: random.Random) -> str:
    thing, other = chance.sample(THINGS, 2)
    return chance.choice(FORMS).format(
        person=chance.choice(PEOPLE),
        place=chance.choice(PLACES),
        verb=chance.choice(VERBS),
        quality=chance.choice(QUALITIES),
        thing=thing,
        other=other,
        time=chance.choice(TIMES),
        amount=chance.randint(2, 400),
    )


def document(number: int) -> str:
    chance = random.Random(number)
    parts = [f"# The {chance.choice(PLACES)} handbook, part {number}"]
    for section in range(1, SECTIONS + 1):
        parts.append(f"## {section}. The {chance.choice(QUALITIES)} {chance.choice(THINGS)}")
        sentences = [sentence(chance) for _ in range(SENTENCES)]
        half = chance.randint(3, SENTENCES - 3)
        parts += [" ".join(sentences[:half]), " ".join(sentences[half:])]
    return "\n\n".join(parts) + "\n"


def write(folder: Path, count: int) -> int:
    """Returns the bytes of all documents together."""
    folder.mkdir(parents=True)
    total = 0
    for number in range(count):
        total += (folder / f"{number:05}.md").write_text(document(number), encoding="utf-8")
    return total
