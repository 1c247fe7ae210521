-- Whether a person did it at the console, and not a program with the key.
ALTER TABLE audit ADD COLUMN at_console BIGINT NOT NULL DEFAULT 0;
