-- alter customer.note: it is no longer NULL
-- alter customer.balance: i32 becomes text

-- Keys are checked at the end, when all rows are back.
PRAGMA defer_foreign_keys = ON;
DROP TRIGGER customer_search_insert;
DROP TRIGGER customer_search_delete;
DROP TRIGGER customer_search_update;
DROP TABLE customer_search;

-- Makes customer anew: note: it is no longer NULL; balance: i32 becomes text.
CREATE TABLE customer_rebuild AS SELECT id, name, note, balance FROM customer;
DROP TABLE customer;
CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    balance TEXT NOT NULL
) STRICT;
INSERT INTO customer (id, name, note, balance)
SELECT id, name, coalesce(note, 'none'), CAST(balance AS TEXT)
FROM customer_rebuild;
DROP TABLE customer_rebuild;

CREATE UNIQUE INDEX customer_name_uniq ON customer (name);
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
INSERT INTO customer_search (customer_search) VALUES ('rebuild');
