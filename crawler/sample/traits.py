"""Which oddities of markup each article of the sample portal has, in the shares measured on real ones."""

from __future__ import annotations

from crawler.sample.story import Story

SHARES = {
    "entities": 85,  # Vietnamese letters as named entities
    "rooted": 53,  # addresses without scheme and host
    "word": 42,  # pasted from Microsoft Word
    "spaces": 25,  # runs of no-break spaces
    "nfd": 9,  # decomposed letters
    "hyphens": 5,  # soft hyphens inside words
}
"""Per cent of the articles that have the trait, rounded to whole articles."""

_STEPS = {"entities": 7, "rooted": 11, "word": 13, "spaces": 17, "nfd": 19, "hyphens": 23}
_COUNT = 60


def traits_of(story: Story) -> frozenset[str]:
    """The article's traits; steps coprime with the number of articles make the shares exact."""
    return frozenset(
        trait
        for trait, share in SHARES.items()
        if (story.number * _STEPS[trait] + _STEPS[trait]) % _COUNT < round(share * _COUNT / 100)
    )
