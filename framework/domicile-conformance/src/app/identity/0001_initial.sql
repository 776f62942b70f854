-- create auth_user
-- create note
-- create auth_group
-- create auth_user_groups
-- create auth_user_user_permissions
-- create auth_group_permissions
-- create auth_access_identity
-- create auth_session
-- create auth_login_attempt
-- create auth_login_nonce

CREATE TABLE auth_user (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    email TEXT NOT NULL DEFAULT '',
    email_key TEXT,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    password TEXT NOT NULL DEFAULT '!',
    is_active INTEGER NOT NULL DEFAULT 1,
    is_staff INTEGER NOT NULL DEFAULT 0,
    is_superuser INTEGER NOT NULL DEFAULT 0,
    date_joined INTEGER NOT NULL,
    last_login INTEGER
) STRICT;
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE auth_group (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;
CREATE TABLE auth_user_groups (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES auth_user (id),
    group_id INTEGER NOT NULL REFERENCES auth_group (id)
) STRICT;
CREATE TABLE auth_user_user_permissions (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES auth_user (id),
    permission TEXT NOT NULL
) STRICT;
CREATE TABLE auth_group_permissions (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL REFERENCES auth_group (id),
    permission TEXT NOT NULL
) STRICT;
CREATE TABLE auth_access_identity (
    id INTEGER PRIMARY KEY,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES auth_user (id)
) STRICT;
CREATE TABLE auth_session (
    hash TEXT PRIMARY KEY NOT NULL,
    user_id INTEGER NOT NULL REFERENCES auth_user (id),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE TABLE auth_login_attempt (
    id INTEGER PRIMARY KEY,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE auth_login_nonce (
    hash TEXT PRIMARY KEY NOT NULL,
    user_id INTEGER REFERENCES auth_user (id),
    who TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX auth_user_username_uniq ON auth_user (username);
CREATE UNIQUE INDEX auth_user_email_key_uniq ON auth_user (email_key);
CREATE UNIQUE INDEX auth_group_name_uniq ON auth_group (name);
CREATE INDEX auth_user_groups_group_id_idx ON auth_user_groups (group_id);
CREATE UNIQUE INDEX auth_user_groups_user_id_group_id_uniq ON auth_user_groups (user_id, group_id);
CREATE UNIQUE INDEX auth_user_user_permissions_user_id_permission_uniq ON auth_user_user_permissions (user_id, permission);
CREATE UNIQUE INDEX auth_group_permissions_group_id_permission_uniq ON auth_group_permissions (group_id, permission);
CREATE UNIQUE INDEX auth_access_identity_issuer_subject_uniq ON auth_access_identity (issuer, subject);
CREATE UNIQUE INDEX auth_access_identity_user_id_issuer_uniq ON auth_access_identity (user_id, issuer);
CREATE INDEX auth_session_user_id_idx ON auth_session (user_id);
CREATE INDEX auth_session_expires_idx ON auth_session (expires);
CREATE INDEX auth_login_attempt_at_idx ON auth_login_attempt (at);
CREATE INDEX auth_login_attempt_who_at_idx ON auth_login_attempt (who, at);
CREATE INDEX auth_login_attempt_address_at_idx ON auth_login_attempt (address, at);
CREATE INDEX auth_login_nonce_user_id_idx ON auth_login_nonce (user_id);
CREATE INDEX auth_login_nonce_expires_idx ON auth_login_nonce (expires);
