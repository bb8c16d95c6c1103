import Chat
import Dispatch
import Synchronization

/// The chat's store: takes requests from any thread and returns at once. One queue of its own opens the file, writes and
/// reads; tokens are gathered and written several times a second, so that a program that is killed loses no more than
/// that. What does not work is reported as a sentence, and tried again where that can help.
public final class ConversationStore: Sendable {
    /// Milliseconds for which tokens and drafts are gathered.
    public static let pause = 300
    /// Milliseconds after which writing is tried again.
    private static let pauseAfterFailure = 3000
    /// Requests that are kept while nothing can be written.
    private static let mostPending = 200_000

    private struct Work {
        var database: ConversationDatabase?
        /// Why there is no database; nil while there is, or while it is being opened.
        var reason: String?
        var pending: [StoreRequest] = []
        var writeIsDue = false
        /// Why what is pending could not be written; nil where it could, or nothing has been tried.
        var problem: StoreError?
        /// Deleted by this program, and not restored.
        var deleted: Set<ConversationID> = []
    }

    private let queue = DispatchQueue(label: "spa.store", qos: .utility)
    /// Used on `queue` alone.
    private let work = Mutex(Work())
    private let report: @Sendable (StoreEvent) -> Void

    /// A store in a file whose folder is there; it is opened in the background.
    ///
    /// - Parameters:
    ///   - takesDraft: whether what was being written when a program ended is taken out of the file and reported.
    ///   - report: is called on the store's queue.
    public init(
        path: String, patience: Double = 5, takesDraft: Bool = true,
        now: @escaping @Sendable () -> Double = ConversationDatabase.clock,
        report: @escaping @Sendable (StoreEvent) -> Void
    ) {
        self.report = report
        queue.async { [self] in
            let database: ConversationDatabase
            do throws(StoreError) {
                database = try ConversationDatabase(path: path, patience: patience, now: now)
            } catch {
                work.withLock { $0.reason = "\(error)" }
                report(.warning("Conversations are not kept: \(error)."))
                return
            }
            work.withLock { $0.database = database }
            if let note = database.note { report(.warning(note)) }
            do throws(StoreError) {
                // What a killed program left deleted cannot be wanted back after a day.
                try database.purge(deletedBefore: now() - 86_400)
                try database.gatherUnfinished()
                if takesDraft, let draft = try database.takeDraft() { report(.draft(draft)) }
            } catch {
                report(.warning("\(error)".capitalisedSentence))
            }
        }
    }

    /// Does what is asked, soon.
    public func submit(_ request: StoreRequest) { submit([request]) }

    /// Does what is asked, in order and soon.
    public func submit(_ requests: [StoreRequest]) {
        queue.async { [self] in
            for request in requests { take(request) }
        }
    }

    /// Writes what is left, removes for good what was deleted, and closes the file.
    ///
    /// - Returns: why something was not written or removed; nil where all was.
    @discardableResult
    public func close() -> StoreError? {
        queue.sync {
            write()
            return work.withLock { work in
                guard let database = work.database else { return nil }
                defer {
                    database.close()
                    work.database = nil
                    work.reason = "closed"
                }
                if let problem = work.problem { return problem }
                do throws(StoreError) {
                    if !work.deleted.isEmpty { try database.purge(work.deleted) }
                    return nil
                } catch {
                    return error
                }
            }
        }
    }

    private func take(_ request: StoreRequest) {
        switch request {
        case .list, .open, .resume, .search:
            write()
            answer(request)
        default:
            let isUrgent = add(request)
            if isUrgent { write() } else { writeLater(milliseconds: Self.pause) }
        }
    }

    /// Keeps a change until it is written; true where that should be at once.
    private func add(_ request: StoreRequest) -> Bool {
        work.withLock { work in
            guard work.reason == nil, work.pending.count < Self.mostPending else { return false }
            if case .draft = request {
                work.pending.removeAll { if case .draft = $0 { true } else { false } }
            }
            if case .deleted(let id) = request { work.deleted.insert(id) }
            if case .restored(let id) = request { work.deleted.remove(id) }
            work.pending.append(request)
            if work.problem != nil { return false }
            switch request {
            case .token, .retracted, .draft, .started, .promptRead: return false
            default: return true
            }
        }
    }

    private func writeLater(milliseconds: Int) {
        let isDue = work.withLock { work in
            defer { work.writeIsDue = true }
            return work.writeIsDue || work.pending.isEmpty
        }
        if isDue { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            work.withLock { $0.writeIsDue = false }
            write()
        }
    }

    private func write() {
        let (database, requests) = work.withLock { ($0.database, $0.pending) }
        guard let database, !requests.isEmpty else { return }
        do throws(StoreError) {
            try database.write(requests)
            let hadFailed = work.withLock { work in
                defer { work.problem = nil }
                work.pending = []
                return work.problem != nil
            }
            if hadFailed {
                let isAll = requests.count < Self.mostPending
                report(
                    .warning(
                        "Conversations are kept again, "
                            + (isAll ? "with all that was written meanwhile." : "without the last that was written.")))
            }
        } catch {
            if case .damaged = error { return giveUp("\(error)") }
            let isFirst = work.withLock { work in
                defer { work.problem = error }
                return work.problem == nil
            }
            if isFirst { report(.warning("Not saved yet: \(error). It is tried again every few seconds.")) }
            writeLater(milliseconds: Self.pauseAfterFailure)
        }
    }

    private func giveUp(_ reason: String) {
        work.withLock { work in
            work.database?.close()
            work.database = nil
            work.reason = reason
            work.pending = []
        }
        report(.warning("Conversations are not kept any more: \(reason)."))
    }

    private func answer(_ request: StoreRequest) {
        let (database, reason) = work.withLock { ($0.database, $0.reason) }
        guard let database else {
            report(.warning("No conversation can be read: \(reason ?? "the store is not open")."))
            return
        }
        do throws(StoreError) {
            switch request {
            case .list: report(.listed(try database.list()))
            case .open(let id, let turn): report(.opened(try database.conversation(id), at: turn))
            case .resume(let digits):
                report(.opened(try database.conversation(try database.find(digits)), at: nil))
            case .search(let text): report(.found(text, try database.search(text)))
            default: break
            }
        } catch {
            report(.warning("\(error)".capitalisedSentence))
        }
    }
}

extension String {
    /// With a capital at the start, unless it begins with a path, and a full stop at the end.
    fileprivate var capitalisedSentence: String {
        let start = first.map { $0.isLetter ? $0.uppercased() : String($0) } ?? ""
        return start + dropFirst() + (hasSuffix(".") ? "" : ".")
    }
}
