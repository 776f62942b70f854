-- create customer
-- create protected
-- create cascaded
-- create nulled
-- create defaulted

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    note TEXT,
    balance INTEGER NOT NULL
) STRICT;
CREATE TABLE protected (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customer (id)
) STRICT;
CREATE TABLE cascaded (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES customer (id)
) STRICT;
CREATE TABLE nulled (
    id INTEGER PRIMARY KEY,
    customer INTEGER REFERENCES customer (id)
) STRICT;
CREATE TABLE defaulted (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL DEFAULT 1 REFERENCES customer (id)
) STRICT;
CREATE UNIQUE INDEX customer_name_uniq ON customer (name);
CREATE INDEX protected_customer_idx ON protected (customer);
CREATE INDEX cascaded_customer_idx ON cascaded (customer);
CREATE INDEX nulled_customer_idx ON nulled (customer);
CREATE INDEX defaulted_customer_idx ON defaulted (customer);
CREATE VIRTUAL TABLE customer_search USING fts5(name, content='customer', content_rowid='id', tokenize='unicode61');
CREATE TRIGGER customer_search_insert AFTER INSERT ON customer BEGIN
    INSERT INTO customer_search (rowid, name) VALUES (new.id, new.name);
END;
CREATE TRIGGER customer_search_delete AFTER DELETE ON customer BEGIN
    INSERT INTO customer_search (customer_search, rowid, name) VALUES ('delete', old.id, old.name);
END;
CREATE TRIGGER customer_search_update AFTER UPDATE OF id, name ON customer BEGIN
    INSERT INTO customer_search (customer_search, rowid, name) VALUES ('delete', old.id, old.name);
    INSERT INTO customer_search (rowid, name) VALUES (new.id, new.name);
END;
