import Chat
import Foundation
import GRDB
import Glibc
import Store
import TestSupport
import Testing

private func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

@Test func aFileThatIsNoDatabaseIsPutAside() throws {
    let folder = try TemporaryFolder()
    try write(Array("My diary.\nDear diary, today".utf8), to: folder.file)
    let database = try ConversationDatabase(path: folder.file)
    let aside = try #require(folder.names.first { $0.contains(".foreign-") })
    #expect(try String(contentsOfFile: "\(folder.path)/\(aside)", encoding: .utf8).hasPrefix("My diary."))
    #expect(database.note?.contains(aside) == true && database.note?.contains("no file of spa’s") == true)
    try database.write(requests(1, "?", [], in: head(1)))
}

@Test func aDatabaseOfAnotherProgramIsPutAside() throws {
    let folder = try TemporaryFolder()
    let other = try DatabaseQueue(path: folder.file)
    try other.write { try $0.execute(sql: "CREATE TABLE recipe (name TEXT)") }
    try other.close()
    let database = try ConversationDatabase(path: folder.file)
    #expect(database.note != nil && folder.names.contains { $0.contains(".foreign-") })
}

@Test func aFileOfANewerVersionIsRefusedAndLeft() throws {
    let folder = try TemporaryFolder()
    try ConversationDatabase(path: folder.file).close()
    let later = try DatabaseQueue(path: folder.file)
    try later.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: something else')") }
    try later.close()
    #expect(throws: StoreError.newer(path: folder.file)) { try ConversationDatabase(path: folder.file) }
    #expect(!folder.names.contains { $0.contains("foreign") || $0.contains("broken") })
}

@Test func aMissingTableIsDamage() throws {
    let folder = try TemporaryFolder()
    try ConversationDatabase(path: folder.file).close()
    let queue = try DatabaseQueue(path: folder.file)
    try queue.write { try $0.execute(sql: "DROP TABLE token") }
    try queue.close()
    let database = try ConversationDatabase(path: folder.file)
    #expect(database.note?.contains(".broken-") == true)
    try database.write(requests(1, "?", ["a"], in: head(1)))
}

@Test func whatCannotBeOpenedIsSaid() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file, withIntermediateDirectories: true)
    #expect(throws: StoreError.cannotOpen(path: folder.file, reason: "it is no file")) {
        try ConversationDatabase(path: folder.file)
    }
    #expect(throws: StoreError.self) { try ConversationDatabase(path: "/nowhere/at/all.sqlite") }
}

/// Whatever the umask: the file, its journal and its index are the owner's alone, new ones and those of an older spa.
@Test(arguments: [true, false]) func whatIsKeptIsPrivate(isNew: Bool) throws {
    let folder = try TemporaryFolder()
    if !isNew {
        // Open to all, with a journal beside it, as a program leaves it that was killed.
        let old = try DatabaseQueue(path: folder.file)
        try old.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try Schema.migrator.migrate(old)
        for name in folder.names { chmod("\(folder.path)/\(name)", 0o666) }
        #expect(folder.names.count == 3)
        let database = try ConversationDatabase(path: folder.file)
        try database.write(requests(1, "?", ["a"], in: head(1)))
        checkModes(folder)
        database.close()
        try old.close()
        return
    }
    let database = try ConversationDatabase(path: folder.file)
    try database.write(requests(1, "?", ["a"], in: head(1)))
    #expect(folder.names.contains { $0.hasSuffix("-wal") } && folder.names.contains { $0.hasSuffix("-shm") })
    checkModes(folder)
}

private func checkModes(_ folder: TemporaryFolder) {
    for name in folder.names {
        var facts = stat()
        #expect(stat("\(folder.path)/\(name)", &facts) == 0 && facts.st_mode & 0o777 == 0o600, "\(name)")
    }
}

@Test func anEmptyFileIsANewOne() throws {
    let folder = try TemporaryFolder()
    try write([], to: folder.file)
    let database = try ConversationDatabase(path: folder.file)
    #expect(database.note == nil)
    try database.write(requests(1, "?", ["a"], in: head(1)))
    #expect(try database.list().count == 1)
}

/// Zeros and noise of any length are no database: put aside whole, never emptied.
@Test(arguments: [1, 15, 16, 100, 4096, 70_000]) func noiseIsPutAsideWhole(count: Int) throws {
    var random = TestRandom(seed: UInt64(count))
    for bytes in [
        [UInt8](repeating: 0, count: count), (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) },
        Array(Array("SQLite format 3\0".utf8).prefix(count))
            + (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) },
    ] {
        let folder = try TemporaryFolder()
        try write(bytes, to: folder.file)
        let database = try ConversationDatabase(path: folder.file)
        let aside = try #require(folder.names.first { $0.contains(".foreign-") || $0.contains(".broken-") })
        #expect(Array(try Data(contentsOf: URL(filePath: "\(folder.path)/\(aside)"))) == bytes)
        #expect(database.note?.contains("is kept as") == true)
        try database.write(requests(1, "?", ["a"], in: head(1)))
    }
}

@Test func puttingAsideTwiceOverwritesNothing() throws {
    let folder = try TemporaryFolder()
    for text in ["first", "second", "third"] {
        for name in folder.names where name.hasPrefix("conversations.sqlite") && !name.contains(".foreign") {
            try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        }
        try write(Array("no database, \(text)".utf8), to: folder.file)
        try ConversationDatabase(path: folder.file).close()
    }
    #expect(folder.names.filter { $0.contains(".foreign-") }.count == 3)
}

/// Bytes changed, cut off or added anywhere: the file opens, or is put aside, or is refused with a sentence; what was
/// there is never gone, and reading what opens ends as well.
@Test(arguments: [1, 2, 3, 4] as [UInt64])
func brokenFiles(_ seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let folder = try TemporaryFolder()
    let whole = try ConversationDatabase(path: folder.file)
    for number in 1...6 as ClosedRange<Int64> {
        let words = (0..<60).map { " word\($0)" }
        try whole.write(requests(number, "question \(number)", words, after: number - 1, in: head(1 + number % 2)))
    }
    whole.close()
    let good = Array(try Data(contentsOf: URL(filePath: folder.file)))
    for round in 0..<12 {
        for name in folder.names { try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
        var bytes = good
        switch random.next() % 4 {
        case 0: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
        case 1:
            let start = Int(random.next() % UInt64(bytes.count))
            for place in start..<min(start + 200, bytes.count) {
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
            }
        case 2: for place in 0..<min(100, bytes.count) where random.next() % 8 == 0 { bytes[place] ^= 1 }
        default:
            for _ in 0..<8 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        try write(bytes, to: folder.file)
        do {
            let database = try ConversationDatabase(path: folder.file)
            defer { database.close() }
            if database.note != nil {
                let aside = try #require(folder.names.first { $0.contains(".broken-") || $0.contains(".foreign-") })
                let kept = Array(try Data(contentsOf: URL(filePath: "\(folder.path)/\(aside)")))
                if kept.count != bytes.count {
                    Issue.record("round \(round): \(kept.count) of \(bytes.count) bytes kept")
                }
                #expect(try database.list().isEmpty)
                try database.write(requests(9, "?", ["a"], in: head(3)))
                continue
            }
            // Damage that the check did not see: an error, or what is left, and nothing else.
            for summary in (try? database.list()) ?? [] { _ = try? database.conversation(summary.id) }
            _ = try? database.search("word1")
            try? database.write(requests(9, "?", ["a"], in: head(1)))
        } catch let error as StoreError {
            #expect(!error.description.isEmpty)
        }
    }
}

/// A file of the first version is brought up to date, and keeps what it holds.
@Test func anOldFileIsMigrated() throws {
    let folder = try TemporaryFolder()
    let old = try DatabaseQueue(path: folder.file)
    let first = try #require(Schema.migrator.migrations.first)
    try Schema.migrator.migrate(old, upTo: first)
    try old.write { database in
        try database.execute(
            sql: """
                INSERT INTO conversation (id, title, created, changed) VALUES (5, 'old', 1, 1);
                INSERT INTO turn (id, conversation, ordinal, question, asked) VALUES (1, 5, 1, 'One?', 1);
                INSERT INTO token (turn, position, id, bytes, side, simulated, bytes_up, bytes_down)
                    VALUES (1, 0, 7, x'41', 1, 0, 1, 2);
                """)
    }
    try old.close()
    let database = try ConversationDatabase(path: folder.file)
    #expect(database.note == nil)
    let token = try #require(try database.conversation(head(5).id).turns.first?.reply.tokens.first)
    #expect(token.bytes == [0x41] && token.path == .side && token.transmissions == 0 && token.fallback == nil)
    try database.write(requests(2, "Two?", ["a", "b", "c"], after: 1, in: head(5)))
    #expect(try database.conversation(head(5).id).turns[1].reply.tokens[2].fallback == .deadline)
}
