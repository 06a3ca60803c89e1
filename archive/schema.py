"""The archive's tables: one commented SQL string, from which docs, `describe` and Datasette's metadata come.

A change here needs a migration in `archive/migrations.py`, by which older archives become the same.
"""

from __future__ import annotations

from archive.search_schema import SEARCH

SCHEMA = """
-- A portal: one website of one publisher.
CREATE TABLE portals (
  id TEXT PRIMARY KEY NOT NULL, -- The name of the portal's file without .toml.
  name TEXT NOT NULL, -- The portal's name as its publisher writes it.
  province TEXT, -- The province (of the 63 before July 2025) that the publisher belonged to.
  province_now TEXT, -- The province (of the 34 since July 2025) that the territory belongs to.
  home_url TEXT NOT NULL, -- The address of the home page.
  family TEXT NOT NULL, -- The family that reads its pages, e.g. liferay.
  status TEXT NOT NULL DEFAULT 'live', -- Where it stands (`luutru portal probe`): see the list in crawler/lifecycle.py.
  end_date TEXT, -- The day on which the publishing unit ended (ISO 8601), where known.
  successor TEXT -- The id or address of the portal that took over.
) STRICT;

-- A province before July 2025, and the one that its territory belongs to since: 63 rows, to group portals by the 34.
CREATE TABLE provinces (
  old_code TEXT PRIMARY KEY NOT NULL, -- The code of the province of the 63 (01 to 96).
  old_name TEXT NOT NULL UNIQUE, -- Its name, as in portals.province.
  new_code TEXT NOT NULL, -- The code of the province of the 34.
  new_name TEXT NOT NULL -- Its name, as in portals.province_now.
) STRICT;

-- One crawl run. Planned = the sum of the nine outcomes, always.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the run.
  started_at TEXT NOT NULL, -- ISO 8601 with +07:00.
  ended_at TEXT, -- ISO 8601 with +07:00; empty while it runs or after it was killed.
  exit_code INTEGER, -- The exit code it ended with; empty while it runs or after it was killed.
  version TEXT NOT NULL, -- The version of luutru that ran.
  planned INTEGER NOT NULL DEFAULT 0, -- Addresses that the run took up.
  new INTEGER NOT NULL DEFAULT 0, -- Articles seen for the first time.
  changed INTEGER NOT NULL DEFAULT 0, -- Known articles whose text had changed.
  unchanged INTEGER NOT NULL DEFAULT 0, -- Known articles that were the same.
  gone INTEGER NOT NULL DEFAULT 0, -- Known articles that the portal no longer shows, and addresses it does not know.
  suspect INTEGER NOT NULL DEFAULT 0, -- Answers kept as evidence but not believed.
  other INTEGER NOT NULL DEFAULT 0, -- Listings, feeds, redirects, files, images and pages without an article.
  failed INTEGER NOT NULL DEFAULT 0, -- Addresses that gave no complete answer after all tries.
  refused INTEGER NOT NULL DEFAULT 0, -- Addresses not asked for: robots.txt or a budget forbids.
  put_off INTEGER NOT NULL DEFAULT 0 -- Addresses left for a later run.
) STRICT;

-- What one run did on one portal; the columns are those of runs.
CREATE TABLE run_portals (
  run_id INTEGER NOT NULL REFERENCES runs(id), -- The run.
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal.
  planned INTEGER NOT NULL DEFAULT 0, -- As in runs.
  new INTEGER NOT NULL DEFAULT 0, -- As in runs.
  changed INTEGER NOT NULL DEFAULT 0, -- As in runs.
  unchanged INTEGER NOT NULL DEFAULT 0, -- As in runs.
  gone INTEGER NOT NULL DEFAULT 0, -- As in runs.
  suspect INTEGER NOT NULL DEFAULT 0, -- As in runs.
  other INTEGER NOT NULL DEFAULT 0, -- As in runs.
  failed INTEGER NOT NULL DEFAULT 0, -- As in runs.
  refused INTEGER NOT NULL DEFAULT 0, -- As in runs.
  put_off INTEGER NOT NULL DEFAULT 0, -- As in runs.
  PRIMARY KEY (run_id, portal_id)
) STRICT;

-- One exchange with a server, stored in a WARC file. Append-only.
CREATE TABLE captures (
  id INTEGER PRIMARY KEY NOT NULL, -- Number in the order of writing.
  run_id INTEGER NOT NULL REFERENCES runs(id), -- The run that made it.
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal it belongs to.
  url TEXT NOT NULL, -- The address asked for; #trang=N behind it: page N of a list, asked for by its form (POST).
  timestamp TEXT NOT NULL, -- When the request was sent: 14 digits, UTC.
  status INTEGER, -- The HTTP status; empty where no status line came.
  mimetype TEXT, -- The media type that the server declared, without parameters.
  digest TEXT NOT NULL, -- sha1:<base32> of the payload as sent (WARC-Payload-Digest).
  filename TEXT NOT NULL, -- The WARC file, relative to the archive's folder.
  offset INTEGER NOT NULL, -- Where the response record begins, in bytes.
  length INTEGER NOT NULL, -- Length of the response record in the file, in bytes.
  record_sha256 TEXT NOT NULL, -- SHA-256 of the response record's bytes in the file (hex).
  request_length INTEGER NOT NULL, -- Length of the request record, which ends where the response record begins.
  request_sha256 TEXT NOT NULL, -- SHA-256 of the request record's bytes in the file (hex).
  truncated TEXT, -- length, time, disconnect or unspecified (not as declared) where the answer did not arrive whole.
  tls TEXT, -- accept or legacy and the reason where TLS was not verified, as the portal's file allows; else empty.
  place TEXT, -- Where it stands in time (14 digits), if not at its timestamp: the clock had been set back.
  origin TEXT, -- The file that it was imported from, the place and the software there; empty for our own captures.
  rendered TEXT -- The browser whose scripts made it of the capture before it, where it was not on the wire; else empty.
) STRICT;
CREATE INDEX captures_url ON captures(url);
CREATE INDEX captures_run ON captures(run_id);

-- What a reader made of a capture. Append-only; the newest counts.
CREATE TABLE readings (
  id INTEGER PRIMARY KEY NOT NULL, -- Number in the order of writing.
  capture_id INTEGER NOT NULL REFERENCES captures(id), -- The capture that was read.
  reader TEXT NOT NULL, -- Name and version of the reader, e.g. liferay/1.
  tier TEXT, -- family, learnt or generic: which layer read it.
  kind TEXT NOT NULL, -- article, part, listing, feed, sitemap, document, image, robots, other: what it is.
  verdict TEXT NOT NULL, -- good, suspect, gone, other or unreadable.
  reason TEXT, -- Why it is not good.
  missing TEXT, -- Fields of the article that the reader did not find, separated by commas.
  confidence REAL, -- Share (0 to 1) of the fields that the reader found, of a template's lines that the page has.
  read_at TEXT NOT NULL, -- ISO 8601 with +07:00.
  text_sha256 TEXT -- SHA-256 over the article as the reader read it, as in versions; empty for what is no article.
) STRICT;
CREATE INDEX readings_capture ON readings(capture_id);

-- A template learnt from a portal's own pages, where no family knows its software. Append-only: there is one for each
-- design of the pages, and a page is read with the one that fits it best, so an old page with that of its time.
CREATE TABLE templates (
  id INTEGER PRIMARY KEY NOT NULL, -- Number in the order of learning.
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal.
  run_id INTEGER NOT NULL REFERENCES runs(id), -- The run that learnt it.
  learnt_at TEXT NOT NULL, -- ISO 8601 with +07:00.
  pages INTEGER NOT NULL, -- Pages of different articles that it was learnt from.
  template TEXT NOT NULL -- The places of body, title, time and summary, and the recurring lines: JSON.
) STRICT;

-- An article as it stands now. Derived: it can be rebuilt from versions at any time.
CREATE TABLE articles (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the article in this archive.
  title TEXT NOT NULL, -- The title as printed over the article.
  published_at TEXT, -- When the page says it was published: ISO 8601 with +07:00; empty where it does not say.
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal that published it.
  section TEXT, -- The section that the page names.
  summary TEXT, -- The lead (sapo), where the page sets one off.
  body TEXT NOT NULL, -- The text: one blank line between paragraphs, a tab between a table's cells.
  author TEXT, -- The byline without its label.
  source TEXT, -- The publication that the article says it was taken from.
  updated_at TEXT, -- When the page says it was last changed: ISO 8601 with +07:00.
  url TEXT NOT NULL, -- Its address.
  article_key TEXT NOT NULL, -- The portal's own identity of it, stable over its addresses.
  status TEXT NOT NULL, -- live, unlisted, gone or removed.
  first_seen TEXT NOT NULL, -- ISO 8601 with +07:00.
  last_seen TEXT NOT NULL, -- When the portal last showed it: ISO 8601 with +07:00.
  gone_since TEXT, -- When it was first found missing: ISO 8601 with +07:00.
  version_count INTEGER NOT NULL, -- How many texts of it are held.
  search_extra TEXT NOT NULL DEFAULT '', -- Other spellings that the search should find it by: machine-made.
  UNIQUE (portal_id, article_key)
) STRICT;
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_portal ON articles(portal_id, published_at, status, section);
CREATE INDEX articles_gone ON articles(gone_since) WHERE gone_since IS NOT NULL;

-- A text that the portal once showed. Append-only.
CREATE TABLE versions (
  id INTEGER PRIMARY KEY NOT NULL, -- Number in the order of writing.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  capture_id INTEGER NOT NULL REFERENCES captures(id), -- The evidence.
  timestamp TEXT NOT NULL, -- When it was captured: 14 digits, UTC; article id and timestamp are its address.
  title TEXT NOT NULL, -- As in articles.
  summary TEXT, -- As in articles.
  body TEXT NOT NULL, -- As in articles.
  author TEXT, -- As in articles.
  source TEXT, -- As in articles.
  published_at TEXT, -- As in articles.
  updated_at TEXT, -- As in articles.
  section TEXT, -- As in articles.
  attachments TEXT NOT NULL, -- Addresses and names of the linked documents: JSON list of [url, name].
  text_sha256 TEXT NOT NULL, -- SHA-256 over title, summary, body, author, published_at and attachments (hex).
  reader TEXT NOT NULL -- Name and version of the reader that read it.
) STRICT;
CREATE INDEX versions_article ON versions(article_id);
CREATE INDEX versions_capture ON versions(capture_id);

-- What a portal changed from one version of an article to the next: a row for each kind of change in that step.
-- Derived: told again from versions, so that another reading of an old capture is never a change.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the row.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  from_version INTEGER NOT NULL REFERENCES versions(id), -- The version before.
  to_version INTEGER NOT NULL REFERENCES versions(id), -- The version that the portal showed then.
  seen_at TEXT NOT NULL, -- When the new one was captured: ISO 8601 with +07:00.
  kind TEXT NOT NULL, -- What kind of change: see the list in archive/hunks.py, e.g. number or sentence removed.
  added TEXT NOT NULL, -- What was added, a piece a line; empty where nothing was.
  removed TEXT NOT NULL, -- What was removed, a piece a line; empty where nothing was.
  UNIQUE (to_version, kind)
) STRICT;
CREATE INDEX changes_article ON changes(article_id);
CREATE INDEX changes_seen ON changes(seen_at);

-- A change of an article's status and the capture that shows it. Append-only.
CREATE TABLE states (
  id INTEGER PRIMARY KEY NOT NULL, -- Number in the order of writing.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  status TEXT NOT NULL, -- What it became: live, unlisted, gone or removed.
  at TEXT NOT NULL, -- When that was seen: ISO 8601 with +07:00.
  capture_id INTEGER NOT NULL REFERENCES captures(id), -- The evidence: its page, or the listing without it.
  reason TEXT -- What the evidence shows, e.g. http 404.
) STRICT;
CREATE INDEX states_article ON states(article_id);

-- A document that an article links.
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the attachment.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  name TEXT NOT NULL, -- The link's text, or the file's name.
  url TEXT NOT NULL, -- Its address.
  mimetype TEXT, -- The media type that the server declared.
  bytes INTEGER, -- Its size.
  sha256 TEXT, -- SHA-256 of the document (hex).
  capture_id INTEGER REFERENCES captures(id), -- The capture that holds it; empty while it is not held.
  text TEXT, -- The document's text, once read; empty where none could be read (see readings for the reason).
  search_extra TEXT NOT NULL DEFAULT '', -- As in articles.
  UNIQUE (article_id, url)
) STRICT;
CREATE INDEX attachments_url ON attachments(url);
CREATE INDEX attachments_capture ON attachments(capture_id);
CREATE INDEX attachments_unread ON attachments(capture_id) WHERE text IS NULL AND capture_id IS NOT NULL;

-- An image of an article.
CREATE TABLE images (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the image.
  article_id INTEGER NOT NULL REFERENCES articles(id), -- The article.
  url TEXT NOT NULL, -- Its address.
  alt TEXT, -- Its alternative text.
  caption TEXT, -- Its caption.
  capture_id INTEGER REFERENCES captures(id), -- The capture that holds it; empty while it is not held.
  UNIQUE (article_id, url)
) STRICT;
CREATE INDEX images_url ON images(url);

-- Something a person should look at.
CREATE TABLE issues (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the issue.
  run_id INTEGER REFERENCES runs(id), -- The run that met it.
  portal_id TEXT REFERENCES portals(id), -- The portal.
  url TEXT, -- The address.
  capture_id INTEGER REFERENCES captures(id), -- The evidence.
  kind TEXT NOT NULL, -- One word, e.g. unreadable, failed, trap, robots, disk; alerts: see archive/alerts.py.
  message TEXT NOT NULL, -- What happened, in a sentence.
  at TEXT NOT NULL, -- ISO 8601 with +07:00.
  closed_at TEXT, -- When an alert, or a page that was hacked, was found healed: ISO 8601 with +07:00; else empty.
  told_at TEXT -- When an alert was sent (ISO 8601 with +07:00).
) STRICT;

-- How much is held of what a portal is known to have published. Derived: told anew at the end of every run.
CREATE TABLE coverage (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the row.
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal.
  section TEXT, -- The section, as its articles name it; empty where they name none.
  month TEXT, -- The month of publication (2021-03); of what is missing that of its neighbours; empty if nobody says.
  expected INTEGER NOT NULL, -- Articles: held, missing and unknown.
  held INTEGER NOT NULL, -- Articles that are held.
  missing INTEGER NOT NULL, -- Addresses of articles that are not: `luutru coverage --gaps` names them, and why.
  gone INTEGER NOT NULL, -- Addresses of articles that the portal no longer had when they were asked for.
  unknown INTEGER NOT NULL, -- Articles on pages of lists that were not read: an estimate.
  counted_at TEXT NOT NULL -- ISO 8601 with +07:00.
) STRICT;
CREATE INDEX coverage_portal ON coverage(portal_id);

-- The addresses of a portal: what is to be fetched, when, and what came of it.
CREATE TABLE _frontier (
  id INTEGER PRIMARY KEY NOT NULL, -- Number of the address.
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal.
  url TEXT NOT NULL, -- The address in its family's canonical form.
  kind TEXT NOT NULL, -- What it is expected to hold; what it held, once read.
  article_key TEXT, -- The identity of the article there, where the address alone tells it.
  state TEXT NOT NULL, -- queued, leased or done.
  rank INTEGER NOT NULL, -- Smaller goes first.
  shape TEXT NOT NULL, -- The address with digits and values masked: addresses of one shape share a budget.
  found_on INTEGER, -- The address on which it was first found.
  fruit INTEGER NOT NULL DEFAULT 0, -- Articles that it held, listed as no page before it, or led to first.
  attempts INTEGER NOT NULL DEFAULT 0, -- Tries since it was last answered.
  due_at TEXT NOT NULL, -- Not before this time (UTC, ISO 8601).
  pass INTEGER NOT NULL DEFAULT 0, -- The portal's pass in which it was last answered.
  run_id INTEGER REFERENCES runs(id), -- The run that last took it up.
  article_id INTEGER REFERENCES articles(id), -- The article found there.
  UNIQUE (portal_id, url)
) STRICT;
CREATE INDEX _frontier_next ON _frontier(portal_id, state, rank, id);
CREATE INDEX _frontier_article ON _frontier(article_id) WHERE article_id IS NOT NULL;
CREATE INDEX _frontier_run ON _frontier(run_id, state);

-- A portal's newest pass over its addresses; a pass outlives a killed run.
CREATE TABLE _passes (
  portal_id TEXT PRIMARY KEY NOT NULL REFERENCES portals(id), -- The portal.
  pass INTEGER NOT NULL, -- Number of the pass.
  started_at TEXT NOT NULL, -- ISO 8601 with +07:00.
  ended_at TEXT -- Empty until every address of the pass was answered.
) STRICT;

-- What each page of a list showed when it was last read, in its order: articles, and addresses not yet looked at.
CREATE TABLE _listed (
  listing_id INTEGER NOT NULL REFERENCES _frontier(id), -- The page of a list.
  place INTEGER NOT NULL, -- The place in its order, from 0.
  address_id INTEGER NOT NULL REFERENCES _frontier(id), -- The address that is listed there.
  capture_id INTEGER NOT NULL REFERENCES captures(id), -- The capture that showed it.
  PRIMARY KEY (listing_id, place)
) STRICT;
CREATE INDEX _listed_address ON _listed(address_id);

-- Articles that a list shows no longer, until it is clear whether any other does.
CREATE TABLE _delisted (
  article_id INTEGER PRIMARY KEY NOT NULL REFERENCES articles(id), -- The article.
  capture_id INTEGER NOT NULL REFERENCES captures(id), -- The evidence: the list without it.
  at TEXT NOT NULL -- When that was captured: ISO 8601 with +07:00.
) STRICT;

-- How many pages of one shape of address were fetched in a pass, and how many of them gave something.
CREATE TABLE _shapes (
  portal_id TEXT NOT NULL REFERENCES portals(id), -- The portal.
  shape TEXT NOT NULL, -- As in _frontier.
  pass INTEGER NOT NULL, -- The pass that is counted.
  fetched INTEGER NOT NULL, -- Pages fetched.
  fruit INTEGER NOT NULL, -- The sum of their fruit.
  PRIMARY KEY (portal_id, shape)
) STRICT;

-- The numbers that articles had before the tables were rebuilt: permanent addresses go by them. Empty but for then.
CREATE TABLE _article_numbers (
  id INTEGER PRIMARY KEY NOT NULL, -- The article's number.
  portal_id TEXT NOT NULL, -- The portal.
  article_key TEXT NOT NULL, -- As in articles.
  url TEXT NOT NULL -- As in articles: found by it where a later reader tells another key.
) STRICT;
CREATE INDEX _article_numbers_key ON _article_numbers(portal_id, article_key);
CREATE INDEX _article_numbers_url ON _article_numbers(portal_id, url);

-- Records of ours in the WARC files that are no exchange: what `rebuild` could not tell from the exchanges.
CREATE TABLE _warc_notes (
  filename TEXT NOT NULL, -- The WARC file, relative to the archive's folder.
  offset INTEGER NOT NULL, -- Where the record begins, in bytes.
  length INTEGER NOT NULL, -- Length of the record in the file, in bytes.
  record_sha256 TEXT NOT NULL, -- SHA-256 of the record's bytes in the file (hex).
  PRIMARY KEY (filename, offset)
) STRICT;

-- The WARC files: with captures and notes, it accounts for every byte of each.
CREATE TABLE _warc_files (
  filename TEXT PRIMARY KEY NOT NULL, -- Relative to the archive's folder.
  head_length INTEGER NOT NULL, -- Length of the warcinfo record at its head.
  head_sha256 TEXT NOT NULL, -- SHA-256 of that record's bytes in the file (hex).
  committed INTEGER NOT NULL, -- Where the last committed record ends; what lies behind is cut at start.
  created_at TEXT NOT NULL -- ISO 8601 with +07:00.
) STRICT;

CREATE TRIGGER captures_no_update BEFORE UPDATE ON captures
BEGIN SELECT RAISE(ABORT, 'captures are append-only'); END;
CREATE TRIGGER captures_no_delete BEFORE DELETE ON captures
BEGIN SELECT RAISE(ABORT, 'captures are append-only'); END;
CREATE TRIGGER readings_no_update BEFORE UPDATE ON readings
BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END;
CREATE TRIGGER readings_no_delete BEFORE DELETE ON readings
BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END;
CREATE TRIGGER templates_no_update BEFORE UPDATE ON templates
BEGIN SELECT RAISE(ABORT, 'templates are append-only'); END;
CREATE TRIGGER templates_no_delete BEFORE DELETE ON templates
BEGIN SELECT RAISE(ABORT, 'templates are append-only'); END;
CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions
BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions
BEGIN SELECT RAISE(ABORT, 'versions are append-only'); END;
CREATE TRIGGER states_no_update BEFORE UPDATE ON states
BEGIN SELECT RAISE(ABORT, 'states are append-only'); END;
CREATE TRIGGER states_no_delete BEFORE DELETE ON states
BEGIN SELECT RAISE(ABORT, 'states are append-only'); END;
"""

NEWEST = SCHEMA + SEARCH
"""What a new archive is made with."""
