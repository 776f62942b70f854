CREATE TABLE post (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            content TEXT NOT NULL,
            pub_date INTEGER NOT NULL
          ) STRICT;
          CREATE INDEX post_by_date ON post (pub_date);
          INSERT INTO post (title, content, pub_date) VALUES (
            'Example Post',
            'This post was written by the first migration, in the transaction that made its table.',
            1767225600000
          );