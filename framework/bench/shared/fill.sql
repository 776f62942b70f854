INSERT INTO product
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000)
SELECT n, 'Product ' || n, n + 0.25, n % 97, 'What there is to say of product ' || n || '.' FROM number;
INSERT INTO post (title, content, pub_date)
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 60)
SELECT
    'Post ' || n || ' & more',
    'It says "<' || n || '>": ' || replace('a sentence of text that goes on; ', ' ', ' ' || (n % 7) || ' ') || replace('x x x x x x x x x x ', 'x', 'and so it goes on for a while, as texts do,'),
    1767225600000 + n * 86400000
FROM number;
