import Chat
import ChatUI
import Screen
import Store
import Terminal

/// The chat's loop: keys and the engine's events into the state, effects out of it, frames on the screen. The one thread
/// that it runs on owns the terminal. It sleeps where nothing happens; frames come at most every 33 ms, while words
/// stream as often as a hundredth of a core draws them, and the events between two frames are drawn together.
struct ChatWindow {
    private let terminal: any TerminalScreen
    private let engine: ChatEngine
    private let teacher: Teacher
    private let events: EventQueue
    private let history: InputHistoryFile
    /// nil where nothing is kept.
    private let store: ConversationStore?
    /// nil where nothing is played.
    private let player: ReplayPlayer?
    private var state: State
    /// The trace that is being recorded.
    private var trace: TraceFile?
    private let start = ContinuousClock.now
    private var lastFrame = -Self.longestPause
    /// What a frame takes of a core, milliseconds, lately.
    private var frameCost = 0.0
    /// Whether a person did something that no frame shows yet.
    private var isTyped = false
    private var isOver = false
    /// What the store has not been given yet.
    private var requests: [StoreRequest] = []

    /// Milliseconds between frames: at least, and at most while there is something to show.
    private static let (shortestPause, longestPause) = (33.0, 100.0)
    /// What frames that only show what streams may take of one core: each takes it from a generation that uses all of them.
    private static let streamingShare = 0.01

    init(
        terminal: any TerminalScreen, engine: ChatEngine, events: EventQueue, history: InputHistoryFile,
        store: ConversationStore?, player: ReplayPlayer? = nil, settings: ChatSettings
    ) {
        self.store = store
        self.player = player
        self.history = history
        self.terminal = terminal
        self.engine = engine
        teacher = Teacher(engine: engine, events: events)
        self.events = events
        state = State(settings: settings)
        terminal.setTheme(state.theme)
    }

    /// Runs until the person leaves or the terminal goes away.
    mutating func run() {
        while !isOver {
            drawWhereDue()
            let wait = state.needsRender ? Int(max(0, nextFrame - now).rounded(.up)) : -1
            events.wakes(wait < 0)
            let inputs = terminal.nextInput(timeoutMilliseconds: wait)
            if !inputs.isEmpty { isTyped = true }
            apply(.tick(milliseconds: now))
            for input in inputs {
                switch input {
                case .key(let key): apply(.key(key))
                case .resize(let size): apply(.resize(size))
                case .hangUp: isOver = true
                }
            }
            for event in events.drain() { apply(event) }
            keep()
        }
        teacher.shutDown()
    }

    private var now: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }

    private var nextFrame: Double {
        let pause = isTyped ? Self.shortestPause : frameCost / Self.streamingShare
        return lastFrame + min(max(pause, Self.shortestPause), Self.longestPause)
    }

    private mutating func drawWhereDue() {
        guard state.needsRender, now >= nextFrame else { return }
        lastFrame = now
        isTyped = false
        let before = ProcessorTime.milliseconds
        terminal.present(state.frame())
        frameCost += (ProcessorTime.milliseconds - before - frameCost) / 4
    }

    /// Gives the store all that has come since the last time, at once.
    private mutating func keep() {
        guard !requests.isEmpty else { return }
        store?.submit(requests)
        requests = []
    }

    private mutating func apply(_ event: Event) {
        let effects = update(&state, event)
        record(event, effects)
        for effect in effects { perform(effect) }
    }

    private mutating func record(_ event: Event, _ effects: [Effect]) {
        do throws(CommandFailure) {
            try trace?.record(event, effects, state)
        } catch {
            trace?.close()
            trace = nil
            apply(.warning("The recording has ended: \(error)."))
        }
    }

    /// Records into a new file from now on; nil ends a recording.
    mutating func record(to path: String?) {
        let ended = trace?.path
        trace?.close()
        trace = nil
        guard let path else {
            apply(.notice(ended.map { "Recorded as \($0); spa replay plays it." } ?? "Nothing was being recorded."))
            return
        }
        do throws(CommandFailure) {
            trace = try TraceFile(path: path, state)
            apply(.notice("Recording into \(path); /record off ends it."))
        } catch {
            apply(.warning("\(error)."))
        }
    }

    private mutating func perform(_ effect: Effect) {
        if case .send(let messages) = effect, let message = messages.last, store != nil {
            history.append(State.editable(message.text))
        }
        if engine.takes(effect) { return }
        switch effect {
        case .setTheme: terminal.setTheme(state.theme)
        case .save(let path, let text): apply(Files.saving(text, to: path))
        case .record(let path): record(to: path.map(Files.expanded))
        case .store(let request): requests.append(request)
        case .teaching(let request): teacher.perform(request)
        case .copy(let text): terminal.copy(text)
        case .editOutside(let text): editOutside(text)
        case .replay(let request): player?.perform(request)
        case .redraw: terminal.redraw()
        case .suspend: terminal.suspend()
        case .quit: isOver = true
        default: break
        }
    }

    private mutating func editOutside(_ draft: String) {
        do throws(CommandFailure) {
            let editor = try OutsideEditor(draft: draft)
            var hasWorked = false
            terminal.lend { hasWorked = editor.run() }
            // The window may have been resized meanwhile.
            apply(.resize(terminal.size))
            guard hasWorked else {
                editor.discard()
                return apply(
                    .warning(
                        "The editor of $VISUAL or $EDITOR did not start, or ended with an error; the draft is as it was."
                    ))
            }
            apply(.edited(try editor.text()))
        } catch {
            apply(.warning("\(error)"))
        }
    }
}
