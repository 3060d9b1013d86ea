CREATE TABLE use (
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (owner, day, what)
) STRICT, WITHOUT ROWID;

CREATE TEMP VIEW kept AS
    SELECT id, substr(id, 1, instr(id, ':') - 1) AS owner, substr(created, 1, 10) AS day, pages FROM reading;

CREATE TEMP VIEW number AS
    SELECT owner, day, entry.value ->> '$.accepted' AS accepted, entry.value -> '$.digits' AS digits,
        json_array_length(page.value, '$.numbers') = 1 AND json_array_length(entry.value, '$.digits') = 1 AS alone
    FROM kept, json_each(kept.pages) AS page, json_each(page.value, '$.numbers') AS entry;

CREATE TEMP VIEW digit AS
    SELECT owner, day, alone, entry.value ->> '$.text' AS text, entry.value ->> '$.accepted' AS accepted,
        (confidence >= 0.5) + (confidence >= 0.9) + (confidence >= 0.99) + (confidence >= 0.999) + (confidence >= 0.9999) AS step
    FROM (SELECT number.*, entry.value, entry.value ->> '$.confidence' AS confidence FROM number, json_each(number.digits) AS entry) AS entry;

CREATE TEMP VIEW took AS
    SELECT owner, day, (took > 10) + (took > 20) + (took > 50) + (took > 100) + (took > 200) + (took > 500)
        + (took > 1000) + (took > 2000) + (took > 5000) AS step
    FROM (SELECT owner, day, coalesce((SELECT sum(page.value ->> '$.milliseconds') FROM json_each(kept.pages) AS page), 0) AS took FROM kept);

INSERT INTO use SELECT owner, day, what, count(*) FROM (
    SELECT owner, day, 'readings' AS what FROM kept
    UNION ALL SELECT owner, day, 'numbers' FROM number
    UNION ALL SELECT owner, day, 'numbers.accepted' FROM number WHERE accepted
    UNION ALL SELECT owner, day, 'digits' FROM digit
    UNION ALL SELECT owner, day, 'digits.accepted' FROM digit WHERE accepted
    UNION ALL SELECT owner, day, 'digit.' || text FROM digit
    UNION ALL SELECT owner, day, 'sure.' || step FROM digit
    UNION ALL SELECT owner, day, 'alone.' || step FROM digit WHERE alone
    UNION ALL SELECT owner, day, 'time.' || step FROM took
) GROUP BY owner, day, what;

DROP VIEW took;

DROP VIEW digit;

DROP VIEW number;

DROP VIEW kept;
