ALTER TABLE reading ADD COLUMN text TEXT NOT NULL DEFAULT '';

ALTER TABLE reading ADD COLUMN discarded TEXT;

UPDATE reading SET text = coalesce(
    (SELECT group_concat(page.value ->> '$.text', char(10)) FROM json_each(reading.pages) AS page), ''
);

CREATE TABLE doubt (
    reading TEXT NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    number INTEGER NOT NULL,
    confidence REAL NOT NULL,
    PRIMARY KEY (reading, page, number)
) STRICT, WITHOUT ROWID;

INSERT INTO doubt
    SELECT reading.id, page.key, number.key, number.value ->> '$.confidence'
    FROM reading, json_each(reading.pages) AS page, json_each(page.value, '$.numbers') AS number
    WHERE NOT (number.value ->> '$.accepted');

CREATE INDEX reading_discarded ON reading (discarded) WHERE discarded IS NOT NULL;
