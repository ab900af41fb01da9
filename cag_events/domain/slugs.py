"""Keys that stand in addresses: words of a title in Latin letters, or letters that nobody can guess."""

import re
import secrets
import unicodedata
from collections.abc import Collection

LONGEST = 80
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "ё": "yo",
    "ң": "ng",
    "ө": "o",
    "ү": "u",
    "ұ": "u",
    "һ": "h",
    "қ": "q",
    "ғ": "gh",
    "ә": "a",
    "і": "i",
    "ҷ": "j",
    "ҳ": "h",
    "ӣ": "i",
    "ӯ": "u",
    "ў": "o",
}


def slug_of(text: str) -> str:
    """Return a text as lower-case words of an address: å → a, Cyrillic as Latin letters; empty if nothing is left."""
    spelled = "".join(_CYRILLIC.get(letter, letter) for letter in text.lower())
    plain = unicodedata.normalize("NFKD", spelled.replace("ß", "ss").replace("ø", "o").replace("æ", "ae"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    slug = ""
    for word in re.findall(r"[a-z0-9]+", re.sub(r"['’‘ʻʼ`]", "", letters)):
        longer = f"{slug}-{word}" if slug else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        slug = longer
    return slug


def random_key() -> str:
    """Return a key that nobody can guess: 79 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def first_free(text: str, taken: Collection[str]) -> str:
    """Return a key made from a text that is not taken: with a number where it is, random where no word is left."""
    slug = slug_of(text) or random_key()
    if slug not in taken:
        return slug
    return next(key for number in range(2, len(taken) + 3) if (key := f"{slug}-{number}") not in taken)
