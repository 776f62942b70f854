-- create project
-- create person
-- create label
-- create issue
-- create comment
-- create tag
-- create setting

CREATE TABLE project (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    about TEXT NOT NULL
) STRICT;
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE label (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    colour TEXT NOT NULL DEFAULT 'blue'
) STRICT;
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL REFERENCES project (id),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    priority INTEGER NOT NULL DEFAULT 3,
    assignee INTEGER REFERENCES person (id),
    due TEXT,
    comments INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    closed INTEGER
) STRICT;
CREATE TABLE comment (
    id INTEGER PRIMARY KEY,
    issue INTEGER NOT NULL REFERENCES issue (id),
    author INTEGER NOT NULL REFERENCES person (id),
    text TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    issue INTEGER NOT NULL REFERENCES issue (id),
    label INTEGER NOT NULL REFERENCES label (id)
) STRICT;
CREATE TABLE setting (
    id INTEGER PRIMARY KEY,
    zone TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX project_name_uniq ON project (name);
CREATE UNIQUE INDEX person_name_uniq ON person (name);
CREATE UNIQUE INDEX label_name_uniq ON label (name);
CREATE INDEX issue_project_idx ON issue (project);
CREATE INDEX issue_assignee_idx ON issue (assignee);
CREATE INDEX issue_due_idx ON issue (due);
CREATE INDEX issue_created_idx ON issue (created);
CREATE INDEX issue_closed_idx ON issue (closed);
CREATE INDEX issue_state_created_idx ON issue (state, created);
CREATE INDEX issue_state_priority_idx ON issue (state, priority);
CREATE INDEX comment_issue_idx ON comment (issue);
CREATE INDEX comment_author_idx ON comment (author);
CREATE INDEX tag_label_idx ON tag (label);
CREATE UNIQUE INDEX tag_issue_label_uniq ON tag (issue, label);
CREATE VIRTUAL TABLE issue_search USING fts5(title, description, content='issue', content_rowid='id', tokenize='porter unicode61');
CREATE TRIGGER issue_search_insert AFTER INSERT ON issue BEGIN
    INSERT INTO issue_search (rowid, title, description) VALUES (new.id, new.title, new.description);
END;
CREATE TRIGGER issue_search_delete AFTER DELETE ON issue BEGIN
    INSERT INTO issue_search (issue_search, rowid, title, description) VALUES ('delete', old.id, old.title, old.description);
END;
CREATE TRIGGER issue_search_update AFTER UPDATE OF id, title, description ON issue BEGIN
    INSERT INTO issue_search (issue_search, rowid, title, description) VALUES ('delete', old.id, old.title, old.description);
    INSERT INTO issue_search (rowid, title, description) VALUES (new.id, new.title, new.description);
END;
