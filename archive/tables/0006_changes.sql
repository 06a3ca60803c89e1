CREATE TABLE changes (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the row.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  from_version INTEGER NOT NULL REFERENCES versions(id), -- The version before.
  to_version INTEGER NOT NULL REFERENCES versions(id), -- The version that the portal showed then.
  seen_at TEXT NOT NULL, -- When the new one was captured: ISO 8601 with +07:00.
  kind TEXT NOT NULL, -- title, summary, byline, time, attachment, sentence added or removed, moved, number, name, typo or wording.
  added TEXT NOT NULL, -- What was added, a piece a line; empty where nothing was.
  removed TEXT NOT NULL, -- What was removed, a piece a line; empty where nothing was.
  UNIQUE (to_version, kind)
) STRICT;
CREATE INDEX changes_article ON changes(article_id);
CREATE INDEX changes_seen ON changes(seen_at);
CREATE TABLE states (
  id INTEGER PRIMARY KEY NOT NULL, -- Number in the order of writing.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  status TEXT NOT NULL, -- What it became: live, unlisted, gone or removed.
  at TEXT NOT NULL, -- When that was seen: ISO 8601 with +07:00.
  capture_id INTEGER NOT NULL REFERENCES captures(id), -- The evidence: the answer at its address, or the listing without it.
  reason TEXT -- What the evidence shows, e.g. http 404.
) STRICT;
CREATE INDEX states_article ON states(article_id);
CREATE TRIGGER states_no_update BEFORE UPDATE ON states
BEGIN SELECT RAISE(ABORT, 'states are append-only'); END;
CREATE TRIGGER states_no_delete BEFORE DELETE ON states
BEGIN SELECT RAISE(ABORT, 'states are append-only'); END;
CREATE VIEW _changes_search AS SELECT id, changes.added AS added, changes.removed AS removed, replace(replace(replace(replace(changes.added, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS added_d, replace(replace(replace(replace(changes.removed, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS removed_d FROM changes;
CREATE VIRTUAL TABLE changes_fts USING fts5 /* content="changes" */ (
  added, removed, added_d, removed_d,
  content='_changes_search', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
CREATE TRIGGER changes_search_insert AFTER INSERT ON changes BEGIN
  INSERT INTO changes_fts(rowid, added, removed, added_d, removed_d) SELECT new.id, new.added AS added, new.removed AS removed, replace(replace(replace(replace(new.added, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS added_d, replace(replace(replace(replace(new.removed, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS removed_d;
END;
CREATE TRIGGER changes_search_delete AFTER DELETE ON changes BEGIN
  INSERT INTO changes_fts(changes_fts, rowid, added, removed, added_d, removed_d)
  SELECT 'delete', old.id, old.added AS added, old.removed AS removed, replace(replace(replace(replace(old.added, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS added_d, replace(replace(replace(replace(old.removed, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS removed_d;
END;
CREATE TRIGGER changes_search_update AFTER UPDATE OF id, added, removed ON changes BEGIN
  INSERT INTO changes_fts(changes_fts, rowid, added, removed, added_d, removed_d)
  SELECT 'delete', old.id, old.added AS added, old.removed AS removed, replace(replace(replace(replace(old.added, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS added_d, replace(replace(replace(replace(old.removed, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS removed_d;
  INSERT INTO changes_fts(rowid, added, removed, added_d, removed_d) SELECT new.id, new.added AS added, new.removed AS removed, replace(replace(replace(replace(new.added, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS added_d, replace(replace(replace(replace(new.removed, 'đ', 'ḏ'), 'Đ', 'Ḏ'), 'ð', 'ḏ'), 'Ð', 'Ḏ') AS removed_d;
END;
