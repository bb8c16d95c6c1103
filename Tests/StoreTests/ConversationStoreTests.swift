import Chat
import Dispatch
import Foundation
import GRDB
import Glibc
import Store
import Synchronization
import Testing

/// What a store reports; `close` waits for all of it.
private final class Reports: Sendable {
    private let events = Mutex<[StoreEvent]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func add(_ event: StoreEvent) {
        events.withLock { $0.append(event) }
        arrived.signal()
    }

    /// Waits until so many have come.
    func wait(for count: Int) { while all.count < count { arrived.wait() } }

    var all: [StoreEvent] { events.withLock { $0 } }
}

@Test func aStoreAnswersInOrder() throws {
    let folder = try TemporaryFolder()
    let reports = Reports()
    let store = ConversationStore(path: folder.file, now: { 1000 }) { reports.add($0) }
    for request in requests(1, "One?", ["Yes", "."], in: head(5)) { store.submit(request) }
    store.submit(.list)
    store.submit(.search("yes"))
    store.submit(.resume(nil))
    store.submit(.open(head(5).id, at: TurnID(rawValue: 1)))
    store.submit(.resume("ffff"))
    store.close()
    let events = reports.all
    try #require(events.count == 5)
    #expect(
        events[0]
            == .listed([
                ConversationSummary(
                    id: head(5).id, title: "title", created: 1, changed: 1000, turns: 1, tokens: 2, sideTokens: 1)
            ]))
    if case .found("yes", let hits) = events[1] { #expect(hits.count == 1) } else { Issue.record("\(events[1])") }
    if case .opened(let chat, at: nil) = events[2] {
        #expect(chat.turns.count == 1)
    } else {
        Issue.record("\(events[2])")
    }
    if case .opened(_, at: TurnID(rawValue: 1)) = events[3] {} else { Issue.record("\(events[3])") }
    #expect(events[4] == .warning("No conversation “ffff”; 'spa conversations list' shows their numbers."))
}

@Test func deletedConversationsAreGoneWhenTheStoreCloses() throws {
    let folder = try TemporaryFolder()
    let store = ConversationStore(path: folder.file) { _ in }
    for number in 1...3 as ClosedRange<Int64> {
        for request in requests(number, "?", ["a"], in: head(number)) { store.submit(request) }
    }
    store.submit(.deleted(head(1).id))
    store.submit(.deleted(head(2).id))
    store.submit(.restored(head(2).id))
    store.submit(.draft("unsent"))
    store.close()
    let database = try ConversationDatabase(path: folder.file)
    try database.write([.restored(head(1).id)])
    #expect(try Set(database.list().map(\.id)) == [head(2).id, head(3).id])
    #expect(try database.takeDraft() == "unsent")
}

@Test func aStoreThatCannotOpenSaysSoAndGoesOn() throws {
    let reports = Reports()
    let store = ConversationStore(path: "/nowhere/at/all.sqlite") { reports.add($0) }
    for request in requests(1, "?", ["a"], in: head(1)) { store.submit(request) }
    store.submit(.list)
    store.close()
    store.submit(.draft("late"))
    guard case .warning(let first) = reports.all.first, case .warning(let second) = reports.all.last else {
        Issue.record("\(reports.all)")
        return
    }
    #expect(first.hasPrefix("Conversations are not kept: /nowhere/at/all.sqlite") && reports.all.count == 2)
    #expect(second.hasPrefix("No conversation can be read: "))
}

/// A reader beside a store that writes a reply sees it grow: nothing waits for the end.
@Test func tokensAreWrittenWhileTheyCome() throws {
    let folder = try TemporaryFolder()
    let store = ConversationStore(path: folder.file) { _ in }
    for request in requests(1, "One?", ["a", "b", "c"], in: head(5), ends: false) { store.submit(request) }
    store.submit(.list)
    for request in requests(1, "One?", ["a", "b", "c", "d"], in: head(5), ends: false).suffix(1) {
        store.submit(request)
    }
    store.close()
    let database = try ConversationDatabase(path: folder.file)
    #expect(try database.conversation(head(5).id).turns[0].reply.text.string == "abcd")
}

/// Two programs stream into one file at the same time: nothing of either is lost.
@Test func twoStoresWriteAtTheSameTime() throws {
    let folder = try TemporaryFolder()
    let reports = Reports()
    let stores = (0..<2).map { _ in ConversationStore(path: folder.file) { reports.add($0) } }
    for round in 1...10 as ClosedRange<Int64> {
        for (number, store) in stores.enumerated() {
            let turn = round + 100 * Int64(number)
            for request in requests(
                turn, "q\(turn)", (0..<40).map { " w\($0)" }, after: round > 1 ? turn - 1 : nil,
                in: head(Int64(number) + 1))
            {
                store.submit(request)
            }
        }
    }
    for store in stores { store.close() }
    let database = try ConversationDatabase(path: folder.file)
    #expect(reports.all.isEmpty, "\(reports.all)")
    #expect(try database.list().map(\.tokens) == [400, 400])
    for number in 1...2 as ClosedRange<Int64> {
        #expect(
            try database.conversation(head(number).id).turns.map(\.reply.tokens.count)
                == Array(repeating: 40, count: 10))
    }
}

/// A disk that is full for a while: said once, and when there is room again nothing is missing. In a process of its own, as
/// the limit that stands for the full disk is the process's.
@Test func aFullDiskLosesNothing() async {
    await #expect(processExitsWith: .success) {
        signal(SIGXFSZ, SIG_IGN)
        let folder = try TemporaryFolder()
        let reports = Reports()
        let store = ConversationStore(path: folder.file) { reports.add($0) }
        for request in requests(1, "One?", ["a"], in: head(5)) { store.submit(request) }
        store.submit(.list)
        reports.wait(for: 1)
        let size = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        var room = rlimit()
        getrlimit(size, &room)
        var none = rlimit(rlim_cur: 0, rlim_max: room.rlim_max)
        setrlimit(size, &none)
        for request in requests(2, "Two?", ["b", "c"], after: 1, in: head(5)) { store.submit(request) }
        store.submit(.list)
        reports.wait(for: 3)
        setrlimit(size, &room)
        store.close()
        let warnings = reports.all.compactMap { if case .warning(let text) = $0 { text } else { nil } }
        #expect(warnings.count == 2 && warnings[0].hasPrefix("Not saved yet: \(folder.file): "))
        #expect(warnings[0].contains("make room"))
        #expect(warnings.last == "Conversations are kept again, with all that was written meanwhile.")
        let database = try ConversationDatabase(path: folder.file)
        #expect(try database.conversation(head(5).id).turns.map(\.reply.text.string) == ["a", "bc"])
    }
}

/// What cannot be written now is kept and written later; it is said once, and once more when it is over.
@Test func writingIsTriedAgain() throws {
    let folder = try TemporaryFolder()
    try ConversationDatabase(path: folder.file).close()
    let reports = Reports()
    // Before the store: opening locks the file for a moment, and this store waits for nobody.
    let other = try DatabaseQueue(path: folder.file)
    let store = ConversationStore(path: folder.file, patience: 0) { reports.add($0) }
    store.submit(.list)
    try other.inDatabase { database in
        // Whoever asks has its answer once the requests before it are done.
        while reports.all.isEmpty { try database.execute(sql: "SELECT 1") }
        try database.execute(sql: "BEGIN IMMEDIATE")
        for request in requests(1, "One?", ["a", "b"], in: head(5)) { store.submit(request) }
        store.submit(.list)
        while reports.all.count < 3 { try database.execute(sql: "SELECT 1") }
        try database.execute(sql: "ROLLBACK")
    }
    store.close()
    let warnings = reports.all.compactMap { if case .warning(let text) = $0 { text } else { nil } }
    #expect(warnings.count == 2 && warnings[0].hasPrefix("Not saved yet: \(folder.file): "))
    #expect(warnings.last == "Conversations are kept again, with all that was written meanwhile.")
    let database = try ConversationDatabase(path: folder.file)
    #expect(try database.conversation(head(5).id).turns[0].reply.text.string == "ab")
}
