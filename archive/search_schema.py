"""The search tables of the archive and the triggers that keep them in step: stock SQL, so that any tool may write."""

from __future__ import annotations

import re

_SEARCH = """
-- The words of the articles for the search: the text is summary and body, and đ stands also as ḏ.
CREATE VIEW _articles_search AS SELECT id, /*words:articles*/ FROM articles;

-- Datasette and sqlite-utils know a search table by the text between the comment marks.
CREATE VIRTUAL TABLE articles_fts USING fts5 /* content="articles" */ (
  title, body, title_d, body_d, extra,
  content='_articles_search', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO articles_fts(articles_fts, rank) VALUES ('rank', 'bm25(5.0, 1.0, 5.0, 1.0, 0.5)');

CREATE VIRTUAL TABLE articles_exact USING fts5(
  title, body, content='_articles_search', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
);
INSERT INTO articles_exact(articles_exact, rank) VALUES ('rank', 'bm25(5.0, 1.0)');

CREATE TRIGGER articles_search_insert AFTER INSERT ON articles BEGIN
  INSERT INTO articles_fts(rowid, title, body, title_d, body_d, extra) SELECT new.id, /*words:articles:new*/;
  INSERT INTO articles_exact(rowid, title, body) SELECT new.id, /*text:articles:new*/;
END;
CREATE TRIGGER articles_search_delete AFTER DELETE ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, body, title_d, body_d, extra)
  SELECT 'delete', old.id, /*words:articles:old*/;
  INSERT INTO articles_exact(articles_exact, rowid, title, body) SELECT 'delete', old.id, /*text:articles:old*/;
END;
CREATE TRIGGER articles_search_update AFTER UPDATE OF id, title, summary, body, search_extra ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, body, title_d, body_d, extra)
  SELECT 'delete', old.id, /*words:articles:old*/;
  INSERT INTO articles_exact(articles_exact, rowid, title, body) SELECT 'delete', old.id, /*text:articles:old*/;
  INSERT INTO articles_fts(rowid, title, body, title_d, body_d, extra) SELECT new.id, /*words:articles:new*/;
  INSERT INTO articles_exact(rowid, title, body) SELECT new.id, /*text:articles:new*/;
END;

-- The same for the names and texts of the documents.
CREATE VIEW _attachments_search AS SELECT id, /*words:attachments*/ FROM attachments;

CREATE VIRTUAL TABLE attachments_fts USING fts5 /* content="attachments" */ (
  name, text, name_d, text_d, extra,
  content='_attachments_search', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO attachments_fts(attachments_fts, rank) VALUES ('rank', 'bm25(5.0, 1.0, 5.0, 1.0, 0.5)');

CREATE TRIGGER attachments_search_insert AFTER INSERT ON attachments BEGIN
  INSERT INTO attachments_fts(rowid, name, text, name_d, text_d, extra) SELECT new.id, /*words:attachments:new*/;
END;
CREATE TRIGGER attachments_search_delete AFTER DELETE ON attachments BEGIN
  INSERT INTO attachments_fts(attachments_fts, rowid, name, text, name_d, text_d, extra)
  SELECT 'delete', old.id, /*words:attachments:old*/;
END;
CREATE TRIGGER attachments_search_update AFTER UPDATE OF id, name, text, search_extra ON attachments BEGIN
  INSERT INTO attachments_fts(attachments_fts, rowid, name, text, name_d, text_d, extra)
  SELECT 'delete', old.id, /*words:attachments:old*/;
  INSERT INTO attachments_fts(rowid, name, text, name_d, text_d, extra) SELECT new.id, /*words:attachments:new*/;
END;

-- And for what was added to articles and removed from them.
CREATE VIEW _changes_search AS SELECT id, /*words:changes*/ FROM changes;

CREATE VIRTUAL TABLE changes_fts USING fts5 /* content="changes" */ (
  added, removed, added_d, removed_d,
  content='_changes_search', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);

CREATE TRIGGER changes_search_insert AFTER INSERT ON changes BEGIN
  INSERT INTO changes_fts(rowid, added, removed, added_d, removed_d) SELECT new.id, /*words:changes:new*/;
END;
CREATE TRIGGER changes_search_delete AFTER DELETE ON changes BEGIN
  INSERT INTO changes_fts(changes_fts, rowid, added, removed, added_d, removed_d)
  SELECT 'delete', old.id, /*words:changes:old*/;
END;
CREATE TRIGGER changes_search_update AFTER UPDATE OF id, added, removed ON changes BEGIN
  INSERT INTO changes_fts(changes_fts, rowid, added, removed, added_d, removed_d)
  SELECT 'delete', old.id, /*words:changes:old*/;
  INSERT INTO changes_fts(rowid, added, removed, added_d, removed_d) SELECT new.id, /*words:changes:new*/;
END;
"""

SEARCH_TABLES = ("articles_fts", "articles_exact", "attachments_fts", "changes_fts")

_SEARCHED = {
    "articles": (("title", "{row}.title"), ("body", "ifnull({row}.summary || char(10, 10), '') || {row}.body")),
    "attachments": (("name", "{row}.name"), ("text", "ifnull({row}.text, '')")),
    "changes": (("added", "{row}.added"), ("removed", "{row}.removed")),
}
"""The columns of each table's search tables, and the SQL of what they hold of a row."""


def _foldable(column: str) -> str:
    """SQL for a column with đ as ḏ, which unicode61 folds to d as it cannot fold đ."""
    return f"replace(replace(replace(replace({column}, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ')"


def _expand(script: str) -> str:
    """Put SQL for `/*words:TABLE:ROW*/` and `/*text:TABLE:ROW*/`: what the search tables hold of a row."""

    def words(match: re.Match[str]) -> str:
        what, table, row = match[1], match[2], match[3] or match[2]
        columns = [(name, sql.format(row=row)) for name, sql in _SEARCHED[table]]
        if what == "words":
            columns += [(f"{name}_d", _foldable(sql)) for name, sql in columns]
        if what == "words" and table != "changes":  # its rows are short, and say what was printed
            columns.append(("extra", f"{row}.search_extra"))
        return ", ".join(f"{sql} AS {name}" for name, sql in columns)

    return re.sub(r"/\*(words|text):(\w+)(?::(\w+))?\*/", words, script)


SEARCH = _expand(_SEARCH)
"""The statements that make them, after the tables they search."""
