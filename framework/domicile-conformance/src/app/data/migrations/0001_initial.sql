CREATE TABLE country (code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX country_name_uniq ON country (name);
CREATE TABLE author (
    id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, country TEXT REFERENCES country (code)
) STRICT;
CREATE UNIQUE INDEX author_email_uniq ON author (email);
CREATE INDEX author_country_idx ON author (country);
CREATE TABLE post (
    id INTEGER NOT NULL PRIMARY KEY, title TEXT NOT NULL, content TEXT NOT NULL DEFAULT '',
    author INTEGER NOT NULL REFERENCES author (id), pub_date INTEGER NOT NULL, views INTEGER NOT NULL DEFAULT 0,
    draft INTEGER NOT NULL DEFAULT 1, rating REAL
) STRICT;
CREATE UNIQUE INDEX post_author_title_uniq ON post (author, title);
CREATE INDEX post_author_idx ON post (author);
CREATE INDEX post_draft_pub_date_idx ON post (draft, pub_date);
CREATE VIRTUAL TABLE post_search USING fts5(title, content, content = 'post', content_rowid = 'id');
CREATE TRIGGER post_search_insert AFTER INSERT ON post BEGIN
    INSERT INTO post_search (rowid, title, content) VALUES (new.id, new.title, new.content);
END;
CREATE TRIGGER post_search_delete AFTER DELETE ON post BEGIN
    INSERT INTO post_search (post_search, rowid, title, content) VALUES ('delete', old.id, old.title, old.content);
END;
CREATE TRIGGER post_search_update AFTER UPDATE ON post BEGIN
    INSERT INTO post_search (post_search, rowid, title, content) VALUES ('delete', old.id, old.title, old.content);
    INSERT INTO post_search (rowid, title, content) VALUES (new.id, new.title, new.content);
END;
CREATE TABLE comment (
    id INTEGER NOT NULL PRIMARY KEY, post INTEGER NOT NULL REFERENCES post (id),
    author INTEGER NOT NULL REFERENCES author (id), text TEXT NOT NULL
) STRICT;
CREATE INDEX comment_post_idx ON comment (post);
CREATE INDEX comment_author_idx ON comment (author);
CREATE TABLE category (
    id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, parent INTEGER REFERENCES category (id)
) STRICT;
CREATE INDEX category_parent_idx ON category (parent);
CREATE TABLE everything (
    id INTEGER NOT NULL PRIMARY KEY, small INTEGER, exact INTEGER, float REAL, yes INTEGER, text TEXT, bytes BLOB,
    moment INTEGER
) STRICT;
CREATE TABLE line (
    id INTEGER NOT NULL PRIMARY KEY, country TEXT NOT NULL DEFAULT 'XX' REFERENCES country (code), amount INTEGER NOT NULL
) STRICT;
CREATE INDEX line_country_idx ON line (country);
