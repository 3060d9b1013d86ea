ALTER TABLE correction ADD COLUMN box TEXT;

ALTER TABLE correction ADD COLUMN places TEXT;

ALTER TABLE correction ADD COLUMN whole TEXT NOT NULL DEFAULT '';

ALTER TABLE doubt ADD COLUMN digits TEXT NOT NULL DEFAULT '[]';

UPDATE doubt SET digits = (
    SELECT json_group_array(digit.key)
    FROM reading, json_each(reading.pages, '$[' || doubt.page || '].numbers[' || doubt.number || '].digits') AS digit
    WHERE reading.id = doubt.reading AND NOT (digit.value ->> '$.accepted')
);
