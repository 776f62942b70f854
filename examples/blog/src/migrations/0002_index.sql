-- The index of the first step, under the name that the model's has.
DROP INDEX post_by_date;
CREATE INDEX post_pub_date_idx ON post (pub_date);
