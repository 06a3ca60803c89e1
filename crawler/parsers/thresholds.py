"""Every threshold of the verdicts, each with the kind of page that set it."""

from __future__ import annotations

HIDDEN_HOSTS = 3
"""So many foreign hosts among plainly hidden links (display: none) are smuggled. Pop-up menus and "linked websites"
boxes hide links too: to the government's own hosts, and seldom to more than two others."""
HIDDEN_TEXT = 80
"""Letters beside its links, and more of them than of links, from which on an element that nobody sees at first is the
page's own: themes fade articles, or whole pages, in (`opacity: 0`, `height: 0`) by script."""
INJECTED_WORDS = 3
"""Words beside gambling links up to which their block holds nothing else ("Tham khảo: …", "Xem thêm")."""
INJECTED_MOST = 0.5
"""Share of a page's text up to which advertisements of gambling are taken out of it; beyond, they are the page: a
domain that was taken over."""

NOTICE_MOST = 3000
"""Letters of a page, its links left out, up to which it may be a notice. A bare notice has 100 to 400; a portal's
frame around one leaves up to 2,000 (address, licence, hotline)."""
PROSE_LINE = 80
"""Letters from which a line that ends as a sentence is one of a text; of a notice where it is not twice as long."""
PROSE_MOST = 320
"""Letters of such sentences up to which a page that says "not found" may be a notice. The frames of 41 real articles
have up to 302 (boxes with the beginnings of other articles); an article of 399 letters that mentions it ("hết hạn")
has 354."""
NOTICE_ARTICLE_MOST = 600
"""Letters of an article without a time up to which its words may be a notice's. News of a planned maintenance has a
time, or more to say."""
NOTICE_LINKS = 5
"""Links up to which a page is bare. Notices have up to three (home, mail, the vendor); a portal's menu has ten and
more."""
EMPTY_MOST = 80
"""Letters that an empty single-page app shows at most ("Đang tải dữ liệu…")."""
CHALLENGE_MOST = 12_000
"""Bytes up to which a page without text that sets a cookie by script and loads itself again is a challenge (D1N has
800)."""

DAMAGED_SHARE = 0.04
"""Share of words with a question mark among their letters, or with the pairs that UTF-8 read as a Western charset
leaves, from which a text is damaged. Damaged on purpose, articles have 0.38 and 0.76 at least; whole ones have none."""
DAMAGED_FEWEST = 3
"""… and so many words at least; in a title that is new, two."""
VIETNAMESE_SHARE = 0.3
"""Share of words with a Vietnamese mark from which a text is Vietnamese. Articles, tables of names among them, have
0.72 to 0.96."""
MARKS_KEPT = 0.4
"""A Vietnamese text that keeps less than this part of its share of marked words has lost them, or is in another
language: stripped marks leave 0, and an edit that adds a table of numbers takes half at most."""
LANGUAGE_WORDS = 8
"""Words from which shares of marks are compared."""

SAME_TEXT = 0.12
"""Part of an article's runs of three words that must be found again under another title for the page to show the
article. Of 100 pairs of different articles 99 share less than 0.051 (names of offices); an edit keeps far more."""
SHORT = 12
"""Words of a text up to which single words are compared, not runs of three …"""
SAME_WORDS = 0.6
"""… and the part of them that must be found again: short notices of one office share many."""
REDESIGN_SAME = 0.9
"""F1 of three-word runs from which another reader's text of a page is the same article unchanged."""
SHORTER = 0.7
"""A text of less than this part of its former length is kept as a version and pointed out: half a body."""
LITTLE_IN_COMMON = 0.3
"""A text under the same title with less than this part of its former runs is kept as a version and pointed out."""

SHARED_BY = 3
"""A title and text that so many other addresses of the run have shown too are no article's: a notice, a login. The same
for an address that so many known articles lead to."""
SUSPECT_SHARE = 0.2
"""A portal is stopped, and none of its articles is taken for gone, when more than this share of its re-crawled
articles is suspect or missing …"""
SUSPECT_FEWEST = 3
"""… and so many of them at least: one or two suspects in a small portal are theirs alone."""
LASTING_SHARE = 0.5
"""More than this share stops a portal however long they have been suspect: a domain that was taken over. Less, after
a week, is a section that asks for a login: what is new must not wait for it."""
WITNESSES = 5
"""Where articles are missing, so many known ones at least are asked for, due or not: on most days a small portal has
one or two that are due, and those alone cannot tell an outage from a deletion."""
SUSPECT_ROW = 10
"""So many suspects without a good article between stop it earlier. Missing articles do not count here: an old section
may be taken down, and old articles are asked for first. More than six pages, which teach a template after a
redesign."""
LIST_SAME = 0.8
"""Share of equal links from which a page is the home page, or a section's, served in an article's place."""
