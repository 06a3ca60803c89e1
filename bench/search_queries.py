"""Queries whose answers are known: pieces of a corpus, typed as people type. Nothing here knows the engine's tables.

An article answers a query when it has the piece that the query was made of, word for word, whatever its place of the
tone mark and its i or y. Half of the queries are for tuning, half for the report.
"""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from search_files import Article, flip
from search_typing import bare, slip, telex, vni

WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"(?:ông|bà|anh|chị|em|đồng chí|bị cáo|nạn nhân) ((?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]+ ){2,3}[A-ZĐÀ-Ỹ][a-zđà-ỹ]+)")
_SHORT = re.compile(r"((?:[^\W\d_]+[ –-]+){2,8})\(([A-ZĐƯ&-]{3,8})\)")
_NUMBER = re.compile(r"\b\d{1,5}(?:/\d{4})?/[A-ZĐ][A-ZĐa-z]*(?:-[A-ZĐ][A-ZĐa-z]*)+")
_I_Y = re.compile(r"(?:[hklmstv]|qu)([iìíỉĩịyỳýỷỹỵ])")
_OTHER = dict(zip("iìíỉĩịyỳýỷỹỵ", "yỳýỷỹỵiìíỉĩị", strict=True))
TOPICS = """
giải phóng mặt bằng; cải cách hành chính; xây dựng nông thôn mới; giảm nghèo bền vững; đào tạo nghề; vốn đầu tư công;
tiến độ giải ngân; chuyển đổi số; dịch vụ công trực tuyến; phòng chống dịch bệnh; tiêm chủng mở rộng; an toàn thực phẩm;
vệ sinh môi trường; xử lý rác thải; cấp nước sạch; hạn hán xâm nhập mặn; sạt lở bờ sông; phòng chống thiên tai;
cháy rừng; bảo vệ rừng; nuôi trồng thủy sản; đánh bắt xa bờ; cây ăn trái; giá lúa gạo; dịch tả lợn châu Phi;
cúm gia cầm; hợp tác xã nông nghiệp; khu công nghiệp; cụm công nghiệp; thu hút đầu tư; xúc tiến thương mại;
hàng giả hàng nhái; buôn lậu gian lận thương mại; quản lý thị trường; thu ngân sách; nợ đọng thuế; bảo hiểm xã hội;
bảo hiểm y tế; khám chữa bệnh; bệnh viện đa khoa; thiếu giáo viên; thi tốt nghiệp; tuyển sinh lớp 10; sách giáo khoa;
bạo lực học đường; khuyến học khuyến tài; trường đạt chuẩn quốc gia; mừng Đảng mừng xuân; lễ hội truyền thống;
di tích lịch sử; di sản văn hóa; du lịch sinh thái; thể dục thể thao; tai nạn giao thông; nồng độ cồn;
quá tải trọng; ùn tắc giao thông; cầu đường bộ; đường cao tốc; sân bay quốc tế; nhà ở xã hội; cấp sổ đỏ;
tranh chấp đất đai; khiếu nại tố cáo; tiếp công dân; phòng chống tham nhũng; kê khai tài sản; kỷ luật cán bộ;
bổ nhiệm cán bộ; tinh giản biên chế; sáp nhập xã; bầu cử đại biểu; kỳ họp hội đồng nhân dân; chất vấn;
tiếp xúc cử tri; nghĩa vụ quân sự; an ninh trật tự; ma túy; tín dụng đen; mua bán người; trẻ em bị xâm hại;
người có công; đền ơn đáp nghĩa; hiến máu nhân đạo; thanh niên tình nguyện
""".replace("\n", " ").split(";")
"""Topics of official prose, written down for this list."""


@dataclass(slots=True)
class Asked:
    """A query, the pieces that an article must have one of, and the articles that do."""

    kind: str
    text: str
    pieces: tuple[tuple[str, ...], ...]
    half: int
    relevant: set[int] = field(default_factory=set)


def words(text: str) -> tuple[str, ...]:
    """The words of a text in one spelling: lower case, one place of the tone mark, i for y."""
    return tuple(_one(word) for word in WORD.findall(unicodedata.normalize("NFC", text.lower())))


def _one(word: str) -> str:
    word = max(word, flip(word))
    return word[:-1] + _OTHER[word[-1]] if _I_Y.fullmatch(word) and word[-1] in "yỳýỷỹỵ" else word


def generate(articles: list[Article], many: int, seed: int = 1) -> list[Asked]:
    """About `many` queries of each kind, with their answers."""
    chance = random.Random(seed)
    found = [*_pieces(articles, many, chance), *_of_names(articles, many, chance), *_of_topics(),
             *_of_short_forms(articles, many, chance), *_of_compounds(articles, many, chance),
             *_of_numbers(articles, many, chance)]  # fmt: skip
    _answer(found, articles)
    return [each for each in found if each.relevant]


def _pieces(articles: list[Article], many: int, chance: random.Random) -> Iterator[Asked]:
    """Pieces of titles and sentences, each typed in several ways."""
    degrees: dict[str, Callable[[str], str]] = {
        "exact spelling": str,
        "no marks": bare,
        "NFD": lambda text: unicodedata.normalize("NFD", text),
        "Telex": lambda text: telex(text, chance),
        "VNI": vni,
        "keyboard slip": lambda text: slip(text if chance.random() < 0.5 else bare(text), chance),
    }
    for number in range(many):
        piece = _piece(chance.choice(articles), chance)
        for kind, typed in degrees.items():
            yield Asked(kind, typed(piece), (words(piece),), number % 2)
        short = _piece(chance.choice(articles), chance, (3, 6))
        yield Asked("quoted, no marks", f'"{bare(short)}"', (words(short),), number % 2)
        two = [_piece(article, chance, (2, 3)) for article in [chance.choice(articles)] for _ in range(2)]
        yield Asked("two pieces, no marks", bare(" ".join(two)), (words(two[0]), words(two[1])), number % 2)
    flips = {
        "tone place": lambda text: " ".join(flip(word) for word in text.split()),
        "i/y": lambda text: re.sub(r"\w+", lambda match: _other(match[0]), text),
    }
    for kind, typed in flips.items():
        for number in range(many):
            for _ in range(400):
                piece = _piece(chance.choice(articles), chance)
                if typed(piece) != piece:
                    yield Asked(kind, typed(piece), (words(piece),), number % 2)
                    break


def _other(word: str) -> str:
    return word[:-1] + _OTHER[word[-1]] if _I_Y.fullmatch(word) else word


def _piece(article: Article, chance: random.Random, between: tuple[int, int] = (4, 8)) -> str:
    """Words side by side from the title, or from a sentence, in lower case."""
    if chance.random() < 0.5:
        sentence = article.title
    else:
        sentences = [each for each in re.split(r"[.;:?!\n]+", article.body) if len(each.split()) > 5]
        sentence = chance.choice(sentences) if sentences else article.title
    found = re.sub(r"[^\w\s/&.-]", " ", sentence).split()
    length = min(len(found), chance.randint(*between))
    start = chance.randrange(len(found) - length + 1)
    return " ".join(found[start : start + length]).lower().strip(".-")


def _of_names(articles: list[Article], many: int, chance: random.Random) -> Iterator[Asked]:
    seen: set[str] = set()
    for article in chance.sample(articles, len(articles)):
        for name in _NAME.findall(article.text)[:1]:
            if name not in seen and len(seen) < many:
                seen.add(name)
                for kind, typed in (("a name", name), ("a name, no marks", bare(name).lower())):
                    yield Asked(kind, typed, (words(name),), len(seen) % 2)


def _of_topics() -> Iterator[Asked]:
    for number, topic in enumerate(topic.strip() for topic in TOPICS):
        yield Asked("topic", topic if number // 2 % 2 else bare(topic).lower(), (words(topic),), number % 2)


def _of_short_forms(articles: list[Article], many: int, chance: random.Random) -> Iterator[Asked]:
    """Short forms typed where the text has the long one, and the reverse; both as the corpus explains them."""
    counted: Counter[tuple[str, str]] = Counter()
    for article in articles:
        for before, short in _SHORT.findall(article.text):
            long = _long_form(before, short)
            if long:
                counted[long, short] += 1
    pairs = [pair for pair, count in counted.most_common(120) if count > 2]
    chance.shuffle(pairs)
    holders = _holders(articles, pairs)
    each = max(1, many // max(1, len(pairs)))
    for number, (long, short) in enumerate(pairs):
        for kind, from_, to in (("abbreviation typed", long, short), ("abbreviation spelt out", short, long)):
            texts = [text for text in holders[from_] if not re.search(rf"\b{to}\b", text, re.I)]
            for text in chance.sample(texts, min(each, len(texts))):
                match = re.search(rf"\b{from_}\b" + r"((?: \w+){2,3})", text, re.I if from_ == long else 0)
                if match:
                    pieces = words(long + match[1]), words(short + match[1])
                    yield Asked(kind, to + match[1].lower(), pieces, number % 2)


def _holders(articles: list[Article], pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Texts with each long and each short form, a few hundred at most."""
    forms = {words(form): form for pair in pairs for form in pair}
    found: dict[str, list[str]] = defaultdict(list)
    for article, has in zip(articles, _having(forms, articles), strict=True):
        for form in has:
            if len(found[forms[form]]) < 300:
                found[forms[form]].append(article.text)
    return found


def _long_form(before: str, short: str) -> str | None:
    """The last words before the bracket, if their first letters are the short form's."""
    letters = [letter.lower() for letter in short if letter.isalpha()]
    found = before.lower().split()
    for count in (len(letters), len(letters) + 1):
        last = list(found[-count:])
        if [word[0] for word in last if word != "và" or count == len(letters)] == letters:
            return " ".join(last)
    return None


def _of_compounds(articles: list[Article], many: int, chance: random.Random) -> Iterator[Asked]:
    """Two syllables that belong together, each written like several others without its marks."""
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for article in chance.sample(articles, min(len(articles), 20_000)):
        found = words(article.text)
        singles.update(found)
        pairs.update(itertools.pairwise(found))
    alike: defaultdict[str, int] = defaultdict(int)
    for word, count in singles.items():
        alike[bare(word)] += count > 200
    fit = [
        (a, b) for (a, b), count in pairs.items()
        if 5 <= count <= 300 and count * 20 > min(singles[a], singles[b]) and alike[bare(a)] > 2 and alike[bare(b)] > 2
        and a.isalpha() and b.isalpha()
    ]  # fmt: skip
    for number, pair in enumerate(chance.sample(sorted(fit), min(many, len(fit)))):
        yield Asked("homograph compound", " ".join(pair), (pair,), number % 2)


def _of_numbers(articles: list[Article], many: int, chance: random.Random) -> Iterator[Asked]:
    numbers = sorted({number for article in articles for number in _NUMBER.findall(article.text)})
    for place, number in enumerate(chance.sample(numbers, min(many, len(numbers)))):
        pieces = (words(number),)
        yield Asked("number, lower case, spaces", re.sub("[/-]", " ", number.lower()), pieces, place % 2)
        yield Asked("number, QD for QĐ", number.replace("Đ", "D"), pieces, place % 2)
        if re.search(r"/\d{4}/", number):
            yield Asked("number without its year", re.sub(r"/\d{4}/", "/", number), pieces, place % 2)


def _answer(asked: list[Asked], articles: list[Article]) -> None:
    """Find for each query the articles that have one of its pieces (of two pieces: both)."""
    wanted: dict[tuple[str, ...], set[int]] = {piece: set() for each in asked for piece in each.pieces}
    for number, has in enumerate(_having(wanted, articles)):
        for piece in has:
            wanted[piece].add(number)
    for each in asked:
        answers = [wanted[piece] for piece in each.pieces]
        each.relevant = set.intersection(*answers) if each.kind.startswith("two") else set.union(*answers)


def _having(pieces: Iterable[tuple[str, ...]], articles: list[Article]) -> Iterator[set[tuple[str, ...]]]:
    """For each article the pieces that it has."""
    firsts: dict[str, dict[int, set[tuple[str, ...]]]] = {}
    for piece in pieces:
        if piece:
            firsts.setdefault(piece[0], {}).setdefault(len(piece), set()).add(piece)
    cache: dict[str, str] = {}
    for article in articles:
        found = [cache.get(word) or cache.setdefault(word, _one(word)) for word in WORD.findall(article.text.lower())]
        has = set()
        for at, word in enumerate(found):
            for length, of in firsts.get(word, {}).items():
                piece = tuple(found[at : at + length])
                if piece in of:
                    has.add(piece)
        yield has
