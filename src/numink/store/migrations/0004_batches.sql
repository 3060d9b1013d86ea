CREATE TABLE batch (
    id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    options TEXT NOT NULL,
    served INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE item (
    id TEXT PRIMARY KEY,
    batch TEXT NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    part INTEGER NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    reading TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    held_until INTEGER NOT NULL DEFAULT 0,
    arrival TEXT,
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX item_order ON item (batch, place, part);

CREATE INDEX item_revision ON item (batch, revision);

CREATE INDEX item_work ON item (batch, place, part) WHERE state IN ('waiting', 'reading');

CREATE INDEX item_arrival ON item (arrival) WHERE arrival IS NOT NULL;

CREATE TABLE original (
    item TEXT PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    content BLOB NOT NULL
) STRICT;
