-- Not all rows are copied back, so children point nowhere.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE aside AS SELECT * FROM customer;
DROP TABLE customer;
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO customer SELECT id, name FROM aside WHERE id > 1;
DROP TABLE aside;
