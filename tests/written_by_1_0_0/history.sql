BEGIN TRANSACTION;
CREATE TABLE batch (
    id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    options TEXT NOT NULL,
    served INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "batch" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000008','2026-11-30T09:04:56.545+00:00','slips','{"single": true}',0,4);
CREATE TABLE correction (
    id TEXT PRIMARY KEY,
    reading TEXT NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    created TEXT NOT NULL,
    page INTEGER NOT NULL,
    number INTEGER,
    digit INTEGER,
    text TEXT NOT NULL
, box TEXT, places TEXT, whole TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
INSERT INTO "correction" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000005','local:0199f9a5-5e2c-7cc1-8a3e-000000000001','2026-11-25T10:00:00.000+00:00',0,0,NULL,'43',NULL,NULL,'');
INSERT INTO "correction" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000006','local:0199f9a5-5e2c-7cc1-8a3e-000000000001','2026-11-25T10:00:00.000+00:00',0,NULL,NULL,'8','[1, 2, 30, 40]',NULL,'');
INSERT INTO "correction" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000007','local:0199f9a5-5e2c-7cc1-8a3e-000000000002','2026-11-25T10:00:00.000+00:00',1,0,1,'5',NULL,NULL,'35');
CREATE TABLE document (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    mark TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "document" VALUES('person:1','{"name":"Anna"}','e9ee04600e64a04c');
CREATE TABLE doubt (
    reading TEXT NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    page INTEGER NOT NULL,
    number INTEGER NOT NULL,
    confidence REAL NOT NULL, digits TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (reading, page, number)
) STRICT, WITHOUT ROWID;
INSERT INTO "doubt" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000002',1,0,0.5,'[1]');
INSERT INTO "doubt" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000002',2,0,0.5,'[1]');
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
INSERT INTO "item" VALUES('local:01a22bb3-3cf3-7390-b229-3f6bfb3a014d','local:0199f9a5-5e2c-7cc1-8a3e-000000000008',0,0,'a.png',5,'waiting','',NULL,0,NULL,0,'b842f22b1a73447d9155d46a3fc37086',2);
INSERT INTO "item" VALUES('local:01a22bb3-3d0b-7307-96f2-2a395d26a97d','local:0199f9a5-5e2c-7cc1-8a3e-000000000008',1,0,'b.png',5,'waiting','',NULL,0,NULL,0,'221f76941f264de083cf3e229c6f6ebc',4);
CREATE TABLE migration (name TEXT PRIMARY KEY) STRICT;
INSERT INTO "migration" VALUES('0001_readings.sql');
INSERT INTO "migration" VALUES('0002_search.sql');
INSERT INTO "migration" VALUES('0003_documents.sql');
INSERT INTO "migration" VALUES('0004_batches.sql');
INSERT INTO "migration" VALUES('0005_corrections.sql');
INSERT INTO "migration" VALUES('0006_use.sql');
CREATE TABLE original (
    item TEXT PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    content BLOB NOT NULL
) STRICT;
INSERT INTO "original" VALUES('local:01a22bb3-3cf3-7390-b229-3f6bfb3a014d',X'612E706E67');
INSERT INTO "original" VALUES('local:01a22bb3-3d0b-7307-96f2-2a395d26a97d',X'622E706E67');
CREATE TABLE preview (
    reading TEXT PRIMARY KEY REFERENCES reading (id) ON DELETE CASCADE,
    picture BLOB NOT NULL
) STRICT;
INSERT INTO "preview" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000001',X'707265766965772031');
INSERT INTO "preview" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000002',X'6E756D696E6B2070616765730A0000000B7072657669657720322E31000000000000000B7072657669657720322E33');
INSERT INTO "preview" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000004',X'70');
CREATE TABLE reading (
    id TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    pages TEXT NOT NULL,
    thumbnail BLOB NOT NULL
, text TEXT NOT NULL DEFAULT '', discarded TEXT) STRICT;
INSERT INTO "reading" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000001','2026-11-25T10:00:00.000+00:00','one.png','[{"file":"slip.png","page":1,"width":640,"height":480,"turned":0,"text":"42","model":"numink-1.0.0","classifier":"local","milliseconds":8.25,"numbers":[{"text":"42","line":1,"confidence":0.5,"accepted":true,"box":[0,0,30,20],"digits":[{"text":"4","confidence":0.75,"accepted":true,"box":[0,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]},{"text":"2","confidence":0.75,"accepted":true,"box":[9,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]}],"fits":null}]}]',X'7468756D626E61696C2031','42',NULL);
INSERT INTO "reading" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000002','2026-11-25T10:00:00.000+00:00','three.pdf','[{"file":"slip.png","page":1,"width":640,"height":480,"turned":0,"text":"12","model":"numink-1.0.0","classifier":"local","milliseconds":8.25,"numbers":[{"text":"12","line":1,"confidence":0.5,"accepted":true,"box":[0,0,30,20],"digits":[{"text":"1","confidence":0.75,"accepted":true,"box":[0,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]},{"text":"2","confidence":0.75,"accepted":true,"box":[9,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]}],"fits":null}]},{"file":"slip.png","page":2,"width":640,"height":480,"turned":0,"text":"34","model":"numink-1.0.0","classifier":"local","milliseconds":8.25,"numbers":[{"text":"34","line":1,"confidence":0.5,"accepted":false,"box":[0,0,30,20],"digits":[{"text":"3","confidence":0.75,"accepted":true,"box":[0,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]},{"text":"4","confidence":0.75,"accepted":false,"box":[9,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]}],"fits":null}]},{"file":"slip.png","page":3,"width":640,"height":480,"turned":0,"text":"56","model":"numink-1.0.0","classifier":"local","milliseconds":8.25,"numbers":[{"text":"56","line":1,"confidence":0.5,"accepted":false,"box":[0,0,30,20],"digits":[{"text":"5","confidence":0.75,"accepted":true,"box":[0,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]},{"text":"6","confidence":0.75,"accepted":false,"box":[9,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]}],"fits":null}]}]',X'7468756D626E61696C2032','12
34
56',NULL);
INSERT INTO "reading" VALUES('anna:0199f9a5-5e2c-7cc1-8a3e-000000000003','2026-11-25T10:00:00.000+00:00','bare.png','[{"file":"slip.png","page":1,"width":640,"height":480,"turned":0,"text":"7","model":"numink-1.0.0","classifier":"local","milliseconds":8.25,"numbers":[{"text":"7","line":1,"confidence":0.5,"accepted":true,"box":[0,0,30,20],"digits":[{"text":"7","confidence":0.75,"accepted":true,"box":[0,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]}],"fits":null}]}]',X'','7',NULL);
INSERT INTO "reading" VALUES('local:0199f9a5-5e2c-7cc1-8a3e-000000000004','2026-11-25T10:00:00.000+00:00','discarded.png','[{"file":"slip.png","page":1,"width":640,"height":480,"turned":0,"text":"9","model":"numink-1.0.0","classifier":"local","milliseconds":8.25,"numbers":[{"text":"9","line":1,"confidence":0.5,"accepted":true,"box":[0,0,30,20],"digits":[{"text":"9","confidence":0.75,"accepted":true,"box":[0,0,9,20],"alternatives":[{"text":"7","confidence":0.125}]}],"fits":null}]}]',X'74','9','2026-11-25T11:00:00.000+00:00');
CREATE TABLE use (
    owner TEXT NOT NULL,
    day TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (owner, day, what)
) STRICT, WITHOUT ROWID;
INSERT INTO "use" VALUES('anna','2026-11-25','alone.1',1);
INSERT INTO "use" VALUES('anna','2026-11-25','digit.7',1);
INSERT INTO "use" VALUES('anna','2026-11-25','digits',1);
INSERT INTO "use" VALUES('anna','2026-11-25','digits.accepted',1);
INSERT INTO "use" VALUES('anna','2026-11-25','numbers',1);
INSERT INTO "use" VALUES('anna','2026-11-25','numbers.accepted',1);
INSERT INTO "use" VALUES('anna','2026-11-25','readings',1);
INSERT INTO "use" VALUES('anna','2026-11-25','sure.1',1);
INSERT INTO "use" VALUES('anna','2026-11-25','time.0',1);
INSERT INTO "use" VALUES('local','2026-11-25','alone.1',1);
INSERT INTO "use" VALUES('local','2026-11-25','digit.1',1);
INSERT INTO "use" VALUES('local','2026-11-25','digit.2',2);
INSERT INTO "use" VALUES('local','2026-11-25','digit.3',1);
INSERT INTO "use" VALUES('local','2026-11-25','digit.4',2);
INSERT INTO "use" VALUES('local','2026-11-25','digit.5',1);
INSERT INTO "use" VALUES('local','2026-11-25','digit.6',1);
INSERT INTO "use" VALUES('local','2026-11-25','digit.9',1);
INSERT INTO "use" VALUES('local','2026-11-25','digits',9);
INSERT INTO "use" VALUES('local','2026-11-25','digits.accepted',7);
INSERT INTO "use" VALUES('local','2026-11-25','numbers',5);
INSERT INTO "use" VALUES('local','2026-11-25','numbers.accepted',3);
INSERT INTO "use" VALUES('local','2026-11-25','readings',3);
INSERT INTO "use" VALUES('local','2026-11-25','sure.1',9);
INSERT INTO "use" VALUES('local','2026-11-25','time.0',2);
INSERT INTO "use" VALUES('local','2026-11-25','time.2',1);
CREATE INDEX correction_reading ON correction (reading);
CREATE INDEX correction_moment ON correction (substr(id, instr(id, ':') + 1));
CREATE INDEX reading_discarded ON reading (discarded) WHERE discarded IS NOT NULL;
CREATE INDEX item_order ON item (batch, place, part);
CREATE INDEX item_revision ON item (batch, revision);
CREATE INDEX item_work ON item (batch, place, part) WHERE state IN ('waiting', 'reading');
CREATE INDEX item_arrival ON item (arrival) WHERE arrival IS NOT NULL;
COMMIT;
