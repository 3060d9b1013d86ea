CREATE TABLE later_preview (
    reading TEXT NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    picture BLOB NOT NULL,
    PRIMARY KEY (reading, page)
) STRICT;

CREATE VIEW page_preview AS
    SELECT reading, 0 AS page, picture FROM preview UNION ALL SELECT reading, page, picture FROM later_preview;

INSERT INTO later_preview
    SELECT preview.reading, page.key, unpacked_preview(picture, page.key)
    FROM preview JOIN reading ON reading.id = preview.reading, json_each(reading.pages) AS page
    WHERE page.key > 0 AND unpacked_preview(picture, page.key) <> x'';

UPDATE preview SET picture = unpacked_preview(picture, 0)
    WHERE json_array_length((SELECT pages FROM reading WHERE reading.id = preview.reading)) > 1;
