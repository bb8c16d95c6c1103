import Chat
import Screen

/// How far the engine is.
public enum EnginePhase: Sendable, Equatable {
    /// It loads; the text says what.
    case loading(String)
    /// It can answer.
    case ready(EngineInfo)
    /// It will not come.
    case failed(String)
}

/// How far the reply is.
public enum ReplyPhase: Sendable, Equatable {
    /// None runs.
    case idle
    /// The prompt is being read.
    case reading
    /// Tokens come.
    case writing
    /// A stop was asked for.
    case stopping
}

/// A line for the person, above the input.
public struct Notice: Sendable, Equatable {
    /// How serious it is.
    public enum Kind: Sendable, Equatable { case information, warning, error }
    /// How serious it is.
    public var kind: Kind
    /// What it says.
    public var text: String
    /// When it came, in the clock of `Event.tick`.
    public var time: Double
}

/// Everything that the chat knows and shows; changed by `update` alone.
public struct State: Sendable {
    /// The prices that keys and commands can reach, in nats.
    public static let priceRange = -4.0...4.0
    /// What one press of the price keys moves, in nats.
    public static let priceStep = 0.1

    /// The window.
    public internal(set) var size: Size
    /// The clock, in milliseconds.
    public internal(set) var now = 0.0
    /// How far the engine is.
    public internal(set) var engine = EnginePhase.loading("the model")
    /// How far the reply is.
    public internal(set) var phase = ReplyPhase.idle
    /// The conversation on the screen.
    public internal(set) var conversation: Conversation
    /// Sums over the session.
    public internal(set) var totals = SessionTotals()
    /// The network between the two roles.
    public internal(set) var network: NetworkStatus
    /// The network that the key turns on.
    public internal(set) var lastNetwork: String
    /// How the plugin is used.
    public internal(set) var mode: PluginMode
    /// The price in nats; nil until the engine has said the plugin's own.
    public internal(set) var price: Double?
    /// The longest wait for a side token in milliseconds, then the base's is taken; nil for as long as it takes.
    public internal(set) var deadline: Double?
    /// The gate's threshold.
    public internal(set) var threshold: Double
    /// The themes that the key steps through; never empty.
    public internal(set) var themes: [Theme]
    /// Index of the theme in use.
    public internal(set) var themeIndex = 0
    /// Whether side panels are wanted.
    public internal(set) var panels: Bool
    /// The draft.
    public internal(set) var editor = Editor()
    /// Messages written before.
    public internal(set) var history: InputHistory
    /// A message that will be sent when the engine is free.
    public internal(set) var queued: String?
    /// Which key does what.
    public internal(set) var keyMap: KeyMap
    /// A training in the background; nil while there is none.
    var teaching: Teaching?
    /// Instructions with a name.
    var prompts: [NamedPrompt]
    /// How many turns the person was told would be left out before a question, and may confirm.
    var forgettingAsked: (count: Int, question: String)?
    /// Turns whose answers were marked as right.
    var markedTurns: Set<TurnID> = []
    /// What stands over the conversation and gets the keys first; nil while there is nothing.
    var overlay: (any OverlayView)?
    /// The line above the input.
    public internal(set) var notice: Notice?
    /// The next Ctrl-C quits.
    public internal(set) var quitAsked = false
    /// Something on the screen has changed since the last `frame()`.
    public internal(set) var needsRender = true

    /// The store's side of the state.
    var keeping: Keeping
    /// There is a window, in which overlays can open.
    let hasWindow: Bool
    /// A recorded session is played: there is no engine.
    let isReplay: Bool
    /// How it is played.
    public internal(set) var playback: ReplayControls
    /// The question that is being written anew.
    var edited: QuestionEdit?
    /// Conversations that were deleted in this session and can come back.
    var deleted: [ConversationSummary] = []
    /// What was chosen from a search and is not on the screen yet.
    var awaitedHit: SearchHit?
    /// Settings that the first conversation to be opened does not change.
    var insisted: Set<KeptSetting>
    /// When the running reply was asked for.
    var askedAt = 0.0
    /// The context was almost full and the person was told so.
    var warnedOfContext = false
    /// The reading view: wide, with highlighted code, and without the gate's looks.
    public internal(set) var isReading = false
    /// What the instrument has been told.
    var instrument = Instrument()
    /// What other views lay over the transcript.
    public internal(set) var decoration = TranscriptDecoration()
    /// Wrapped rows of the transcript, and where the window stands in them.
    var transcript = Transcript()

    /// The theme in use.
    public var theme: Theme { themes[min(max(themeIndex, 0), themes.count - 1)] }

    /// Whether a reply runs.
    public var isReplying: Bool { phase != .idle }

    /// Facts of the engine, once it is ready.
    public var engineInfo: EngineInfo? {
        if case .ready(let info) = engine { info } else { nil }
    }

    /// Whether there is a plugin to choose; true while that is not known yet.
    var mayHavePlugin: Bool { engineInfo.map { $0.pluginName != nil } ?? true }

    /// The reply that the panels speak of: the last one.
    var lastReply: Reply? { conversation.turns.last?.reply }

    /// A chat at its start. Mode, price, threshold and network are only shown here: whoever starts the engine gives
    /// them to it as well.
    public init(settings: ChatSettings) {
        size = settings.size
        keeping = Keeping(settings.keeping)
        isReplay = settings.isReplay
        playback = ReplayControls(speed: settings.replaySpeed)
        hasWindow = settings.hasWindow
        conversation = Conversation(
            system: settings.system, id: keeping.names.conversation(), created: settings.keeping.startTime)
        mode = settings.mode
        price = settings.price
        threshold = settings.threshold
        deadline = settings.deadline
        insisted = settings.insisted
        panels = settings.panels
        prompts = settings.prompts
        history = InputHistory(entries: settings.history)
        themes = settings.themes.isEmpty ? [builtinTheme] : settings.themes
        if settings.noColor, !themes.contains(where: { $0.name == "monochrome" }) { themes.append(monochromeTheme) }
        network = NetworkStatus.off
        lastNetwork = "4g"
        if settings.network != "off" {
            network = Self.network(named: settings.network)
            if !network.isOffline { lastNetwork = settings.network }
        }
        let (keyMap, keyWarnings) = KeyMap.with(settings.keys)
        self.keyMap = keyMap
        let warnings = settings.warnings + keyWarnings
        let wanted = settings.themeName ?? (settings.noColor ? "monochrome" : nil)
        if let wanted {
            if let index = themes.firstIndex(where: { $0.name == wanted }) {
                themeIndex = index
            } else {
                say(.warning, "No theme “\(wanted)”: \(themeNames). Using \(theme.name).")
            }
        }
        if let first = warnings.first {
            let more = warnings.count - 1
            say(.warning, first + (more > 0 ? " (and \(more) more)" : ""))
        }
    }

    /// The network of a preset's name or of a description.
    static func network(named name: String) -> NetworkStatus {
        if name == "off" { return .off }
        if name == "offline" { return .offline }
        return NetworkStatus.presets.first { $0.name == name }
            ?? NetworkStatus(name: "custom", detail: NetworkFigures(name)?.detail ?? name)
    }

    /// The themes' names for a sentence.
    var themeNames: String { themes.map(\.name).joined(separator: ", ") }

    /// Shows a line above the input.
    mutating func say(_ kind: Notice.Kind, _ text: String) {
        notice = Notice(kind: kind, text: text, time: now)
    }
}
