import Chat
import ChatUI
import Dispatch
import FoundationEssentials
import Glibc
import SPAEngine
import Synchronization
import Tokenizer
import Training

/// Trains the person's own plugin beside the chat: a process of its own at low priority, so that replies go on and nothing
/// that happens to it touches the chat. The rows taught so far are learned anew with each lesson.
final class Teacher: Sendable {
    private struct State {
        var child: ChildProcess?
        /// Counts the lessons; what an earlier one still says is not heard.
        var lesson = 0
        /// The descriptor of the lock under which one chat at a time teaches, until the lesson is kept or discarded: two would
        /// keep their rows one over the other. -1 where there is no lesson.
        var lock: Int32 = -1
    }

    private let engine: ChatEngine
    private let events: EventQueue
    private let state = Mutex(State())

    init(engine: ChatEngine, events: EventQueue) {
        self.engine = engine
        self.events = events
    }

    private var paths: Paths { engine.settings.paths }
    /// What the running lesson makes, until it is kept.
    private var newPlugin: String { paths.taughtPlugin + ".new" }
    private var newRows: String { paths.data + "/taught-new.jsonl" }

    func perform(_ request: TeachingRequest) {
        switch request {
        case .start(let source, let question): start(source, question: question)
        case .stop: shutDown()
        case .discard: shutDown()
        case .keep: keep()
        case .list: list()
        }
    }

    /// Ends a running lesson.
    func shutDown() {
        let child = state.withLock { state in
            state.lesson += 1
            defer { state.child = nil }
            return state.child
        }
        child?.kill()
        giveUp()
    }

    /// The number of a lesson that may begin.
    private func begin() throws(CommandFailure) -> Int {
        Paths.makeFolder(paths.plugins)
        let path = paths.data + "/teaching.lock"
        return try state.withLock { state throws(CommandFailure) in
            if state.lock < 0 {
                let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                guard lock >= 0 else { throw .cannotWrite(path: path, reason: Files.systemReason()) }
                guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                    close(lock)
                    throw .engine("Another chat is teaching. Keep or discard its lesson first")
                }
                state.lock = lock
            }
            state.lesson += 1
            return state.lesson
        }
    }

    /// Another chat may teach from now on.
    private func unlock() {
        state.withLock { state in
            if state.lock >= 0 { close(state.lock) }
            state.lock = -1
        }
    }

    /// Removes what a lesson has made.
    private func giveUp() {
        guard state.withLock({ $0.lock >= 0 }) else { return }
        for path in [newRows, newPlugin, newPlugin + ".checkpoint"] { unlink(path) }
        unlock()
    }

    private func fail(_ lesson: Int, _ reason: String) {
        guard isCurrent(lesson) else { return }
        giveUp()
        push(.failed(reason), lesson)
    }

    private func start(_ source: TeachingSource, question: [PromptMessage]) {
        let lesson: Int
        do throws(CommandFailure) {
            lesson = try begin()
        } catch {
            events.push(.teaching(.failed("\(error).")))
            return
        }
        DispatchQueue.global(qos: .utility).async { [self] in
            do {
                let (taught, content) = try lessonRows(source)
                push(.begun(content), lesson)
                if taught.rows.isEmpty, let forgotten = content.forgotten { return drop(forgotten, lesson) }
                // What a person teaches is nobody else's to read.
                try Files.write(try taught.jsonLines(), to: newRows, isPrivate: true)
                let settings = engine.settings
                let child = try ChildProcess([
                    "nice", "-n", "10", "/proc/\(getpid())/exe", "train", newRows, "--out", newPlugin, "--model",
                    settings.model, "--phrasings", "--json", "--restart", "--subject", "what you taught", "--threads",
                    "\(max(1, settings.threads - 1))",
                ])
                let isWanted = state.withLock { state in
                    if state.lesson == lesson { state.child = child }
                    return state.lesson == lesson
                }
                if !isWanted { child.kill() }
                var trained: TrainingLine?
                let status = child.runLines { line in
                    guard let line = TrainingLine(line) else { return }
                    if line.event == "trained" { trained = line } else { push(.progress(line.progress), lesson) }
                }
                .status
                guard status == 0, let trained else {
                    return fail(lesson, "The training ended with status \(status); \(paths.log) says why.")
                }
                finish(trained, question: question, lesson)
            } catch {
                fail(lesson, "\(error)")
            }
        }
    }

    private func finish(_ trained: TrainingLine, question: [PromptMessage], _ lesson: Int) {
        Task { [self] in
            guard isCurrent(lesson) else { return }
            do {
                let answer = question.isEmpty ? [] : try await engine.answer(question, taught: newPlugin)
                push(.trained(trained.result(answer: answer)), lesson)
            } catch {
                fail(lesson, "The new plugin does not answer: \(error)")
            }
        }
    }

    /// What was taught before and what is new, as it will be learned.
    private func lessonRows(_ source: TeachingSource) throws -> (TaughtRows, TeachingContent) {
        var taught = try keptRows()
        var new = TaughtRows()
        var forgotten: TaughtRows.Entry?
        switch source {
        case .file(let path):
            guard path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") else {
                throw CommandFailure.cannotRead(
                    path: path, reason: "/teach learns rows of JSON lines; 'spa train' learns texts")
            }
            for row in try Self.rows(Files.expanded(path)) { new.addAll(row) }
        case .rows(let rows):
            new = TaughtRows(rows.map { TrainingRow(content: .conversation($0.map { Message($0) })) })
        case .again:
            guard !taught.rows.isEmpty else {
                throw CommandFailure.engine("Nothing was taught yet: /teach TEXT corrects the last answer.")
            }
            new = taught
        case .without(let number):
            forgotten = taught.remove(number: number)
            if forgotten == nil {
                throw CommandFailure.engine("There is no row \(number) of what was taught: /teach list numbers them.")
            }
        }
        if source != .again { new.rows.forEach { taught.add($0) } }
        return (
            taught,
            TeachingContent(
                learned: new.entries.map(TaughtEntry.init), forgotten: forgotten.map(TaughtEntry.init),
                rows: taught.rows.count)
        )
    }

    private func keptRows() throws -> TaughtRows {
        TaughtRows(Paths.exists(paths.taughtRows) ? try Self.rows(paths.taughtRows) : [])
    }

    /// The rows of a file, all of which can be learned.
    private static func rows(_ path: String) throws -> [TrainingRow] {
        if try Files.text(path).allSatisfy(\.isWhitespace) { return [] }
        let read = try TrainingData.read([path], skipBadRows: true)
        if let problem = read.skipped.first { throw CommandFailure.badRow("\(problem)") }
        return read.rows
    }

    private func list() {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            do {
                events.push(.teaching(.listed(try keptRows().entries.map(TaughtEntry.init))))
            } catch {
                events.push(.warning("\(error)"))
            }
        }
    }

    /// The last row is forgotten: what was learned of it goes too.
    private func drop(_ entry: TaughtEntry, _ lesson: Int) {
        guard isCurrent(lesson) else { return }
        for path in [paths.taughtRows, paths.taughtPlugin] where unlink(path) != 0 && errno != ENOENT {
            return fail(lesson, "\(CommandFailure.cannotWrite(path: path, reason: Files.systemReason()))")
        }
        giveUp()
        engine.useTaught(nil) { [self] in push(.dropped(entry), lesson) }
    }

    private func keep() {
        defer { unlock() }
        guard rename(newRows, paths.taughtRows) == 0, rename(newPlugin, paths.taughtPlugin) == 0 else {
            events.push(.warning("\(paths.taughtPlugin): cannot be written (\(Files.systemReason()))"))
            return
        }
        chmod(paths.taughtPlugin, 0o600)
        engine.useTaught(paths.taughtPlugin)
    }

    private func isCurrent(_ lesson: Int) -> Bool { state.withLock { $0.lesson == lesson } }

    private func push(_ event: TeachingEvent, _ lesson: Int) {
        if isCurrent(lesson) { events.push(.teaching(event)) }
    }
}

extension TaughtEntry {
    /// A row, as the chat shows it.
    init(_ entry: TaughtRows.Entry) {
        self.init(question: entry.question, answer: entry.answer, earlier: entry.earlier)
    }
}
