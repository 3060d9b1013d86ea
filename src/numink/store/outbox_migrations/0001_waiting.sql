CREATE TABLE waiting (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    pages TEXT NOT NULL,
    thumbnail BLOB NOT NULL,
    preview BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    dropped INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    said TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX waiting_order ON waiting (tries, substr(id, instr(id, ':') + 1));

CREATE INDEX waiting_owner ON waiting (owner, id);
