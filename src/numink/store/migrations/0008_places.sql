CREATE INDEX correction_place ON correction (reading, page, number, digit);

DROP INDEX correction_reading;
