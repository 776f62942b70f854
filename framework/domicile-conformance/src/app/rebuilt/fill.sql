-- Customers, of which some have no note, and a row of each kind that points to each of them.
WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n LIMIT 300)
INSERT INTO customer SELECT id, 'name' || id, iif(id % 2, 'note', NULL), id * 7 FROM n;
INSERT INTO protected (customer) SELECT id FROM customer;
INSERT INTO cascaded (customer) SELECT id FROM customer;
INSERT INTO nulled (customer) SELECT id FROM customer;
INSERT INTO defaulted (customer) SELECT id FROM customer;
