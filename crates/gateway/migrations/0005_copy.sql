-- How far `wharf store copy` has come in filling this database: one row a table, with the key of the
-- last row that was copied (a JSON list). The row named `*` is the copy itself; until it is done,
-- nobody may serve from here.
CREATE TABLE store_copy (
    name TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    last_key TEXT,
    copied BIGINT NOT NULL,
    done BIGINT NOT NULL
){{clustered}};

-- How many migrations a wharf must know at least to work on this database. A migration that an
-- older wharf cannot work with raises it in its own text; all others leave it alone, so that old
-- nodes run on while a new one migrates.
INSERT INTO counters (name, value) VALUES ('schema_oldest', 5);
