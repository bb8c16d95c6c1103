import GRDB

/// What the file of conversations holds. Every change of it is a migration of its own at the end of `migrator`; one that
/// has been released is never edited.
package enum Schema {
    /// SQLite's mark of whose file it is: "spac".
    static let applicationID: Int32 = 0x7370_6163

    package static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: conversations, turns, tokens, drafts") { database in
            try database.execute(sql: version1)
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        migrator.registerMigration("2: transmissions, sigma and fallback of a token") { database in
            // Files that were begun while version 1 was in the making may have them.
            if try database.columns(in: "token").contains(where: { $0.name == "transmissions" }) { return }
            try database.execute(
                sql: """
                    ALTER TABLE token ADD COLUMN transmissions INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE token ADD COLUMN sigma REAL;
                    ALTER TABLE token ADD COLUMN fallback TEXT;
                    """)
        }
        migrator.registerMigration("3: exchanges of reading a question") { database in
            try database.execute(
                sql: """
                    ALTER TABLE turn ADD COLUMN prompt_transmissions INTEGER;
                    ALTER TABLE turn ADD COLUMN prompt_bytes_up INTEGER;
                    ALTER TABLE turn ADD COLUMN prompt_bytes_down INTEGER;
                    ALTER TABLE turn ADD COLUMN prompt_network_ms REAL;
                    ALTER TABLE turn ADD COLUMN prompt_simulated INTEGER;
                    """)
        }
        migrator.registerMigration("4: deadline of a turn") { database in
            try database.execute(sql: "ALTER TABLE turn ADD COLUMN deadline REAL")
        }
        migrator.registerMigration("5: instructions of a turn, turns left out of it, turns without an end") {
            database in
            try database.execute(
                sql: """
                    ALTER TABLE turn ADD COLUMN system TEXT;
                    UPDATE turn SET system = (SELECT system FROM conversation WHERE conversation.id = turn.conversation);
                    ALTER TABLE turn ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
                    CREATE INDEX turn_without_end ON turn (id) WHERE stop IS NULL;
                    """)
        }
        migrator.registerMigration("6: tokens of a turn that were taken back") { database in
            try database.execute(sql: "ALTER TABLE turn ADD COLUMN retracted INTEGER NOT NULL DEFAULT 0")
        }
        return migrator
    }

    /// The names of the tables; one that cannot be read means damage.
    static let tables = ["conversation", "turn", "token", "draft", "words"]

    // Turns and tokens are deleted by the program: what two programs write at the same time is never refused.
    private static let version1 = """
        CREATE TABLE conversation (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            system TEXT,
            created REAL NOT NULL,
            changed REAL NOT NULL,
            deleted REAL,
            shown INTEGER
        ) STRICT;

        CREATE TABLE turn (
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            parent INTEGER,
            question TEXT NOT NULL,
            answer TEXT NOT NULL DEFAULT '',
            asked REAL NOT NULL,
            model TEXT,
            plugin TEXT,
            mode TEXT,
            price REAL,
            threshold REAL,
            network TEXT,
            seed INTEGER,
            prompt_tokens INTEGER,
            first_token_ms REAL,
            tokens INTEGER NOT NULL DEFAULT 0,
            side_tokens INTEGER NOT NULL DEFAULT 0,
            stop TEXT,
            failure TEXT
        ) STRICT;
        CREATE INDEX turn_of_conversation ON turn (conversation, ordinal);

        CREATE TABLE token (
            turn INTEGER NOT NULL,
            position INTEGER NOT NULL,
            id INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            side INTEGER NOT NULL,
            probability REAL,
            effect REAL,
            threshold REAL,
            price REAL,
            base_ms REAL,
            device_ms REAL,
            uplink_ms REAL,
            downlink_ms REAL,
            total_ms REAL,
            simulated INTEGER NOT NULL,
            bytes_up INTEGER NOT NULL,
            bytes_down INTEGER NOT NULL,
            PRIMARY KEY (turn, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE draft (
            process INTEGER PRIMARY KEY,
            text TEXT NOT NULL,
            changed REAL NOT NULL
        ) STRICT;

        CREATE VIRTUAL TABLE words USING fts5(
            question, answer, content='turn', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
        CREATE TRIGGER words_of_new_turn AFTER INSERT ON turn BEGIN
            INSERT INTO words (rowid, question, answer) VALUES (new.id, new.question, new.answer);
        END;
        CREATE TRIGGER words_of_deleted_turn AFTER DELETE ON turn BEGIN
            INSERT INTO words (words, rowid, question, answer) VALUES ('delete', old.id, old.question, old.answer);
        END;
        CREATE TRIGGER words_of_changed_turn AFTER UPDATE OF question, answer ON turn BEGIN
            INSERT INTO words (words, rowid, question, answer) VALUES ('delete', old.id, old.question, old.answer);
            INSERT INTO words (rowid, question, answer) VALUES (new.id, new.question, new.answer);
        END;
        """
}
