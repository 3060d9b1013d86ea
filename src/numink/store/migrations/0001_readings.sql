CREATE TABLE reading (
    id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    pages TEXT NOT NULL,
    thumbnail BLOB NOT NULL
) STRICT;

CREATE TABLE preview (
    reading TEXT PRIMARY KEY REFERENCES reading (id) ON DELETE CASCADE,
    picture BLOB NOT NULL
) STRICT;

CREATE TABLE correction (
    id TEXT PRIMARY KEY,
    reading TEXT NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    created TEXT NOT NULL,
    page INTEGER NOT NULL,
    number INTEGER,
    digit INTEGER,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX correction_reading ON correction (reading);

CREATE INDEX correction_moment ON correction (substr(id, instr(id, ':') + 1));
