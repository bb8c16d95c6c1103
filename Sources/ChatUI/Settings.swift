import Chat
import Screen

/// How the plugin is used.
public enum PluginMode: String, Sendable, Equatable, CaseIterable {
    /// The gate chooses for every token.
    case gated
    /// The base alone.
    case base
    /// The side plugin on every token.
    case side

    /// What the chat calls it.
    public var label: String {
        switch self {
        case .gated: "gated"
        case .base: "off"
        case .side: "always"
        }
    }

    /// The mode of a label, as `/plugin` takes it.
    public init?(label: String) {
        guard let mode = Self.allCases.first(where: { $0.label == label }) else { return nil }
        self = mode
    }
}

/// The network between the two roles, as shown.
public struct NetworkStatus: Sendable, Equatable {
    /// `off`, a preset's name or a description in the form of `--network`.
    public var name: String
    /// Its figures, such as `50 ms ± 10 ms · 20 Mbit/s`; may be empty.
    public var detail: String
    /// Whether it is simulated; every view of it says so.
    public var simulated: Bool

    /// One network.
    public init(name: String, detail: String = "", simulated: Bool = true) {
        self.name = name
        self.detail = detail
        self.simulated = simulated
    }

    /// No network: both roles in this process.
    public static let off = NetworkStatus(name: "off", simulated: false)

    /// Whether there is no network.
    public var isOff: Bool { name == "off" }

    /// No link at all: the base answers alone.
    public static let offline = NetworkStatus(name: "offline", detail: "the base answers alone")

    /// Whether there is no link, so that the base answers alone.
    public var isOffline: Bool { name == "offline" }

    /// The presets of `--network`, in the order of the key that steps through them.
    public static let presets = NetworkFigures.presets.map { NetworkStatus(name: $0.name, detail: $0.figures.detail) }
}

/// Where a plugin acts, which says what crosses between the two models.
public enum PluginPlace: Sendable, Equatable {
    /// Beside the base: it reads the final state and some inner ones.
    case beside(taps: Int)
    /// Inside this many of the base's blocks.
    case inside(blocks: Int)
}

/// What the engine says of itself once it has loaded.
public struct EngineInfo: Sendable, Equatable {
    /// The base model's name.
    public var modelName: String
    /// The plugin's name; nil where none is loaded.
    public var pluginName: String?
    /// The name of the plugin beside it, which holds what the person taught; nil where there is none.
    public var taughtName: String?
    /// What the plugin was trained on; may be empty.
    public var pluginSubject: String
    /// The plugin's own price, in nats.
    public var price: Double
    /// Tokens that a conversation may hold; 0 where that is not known.
    public var contextLength: Int
    /// Threads used.
    public var threads: Int
    /// Where the plugin acts.
    public var pluginPlace = PluginPlace.beside(taps: 0)
    /// The numbers of the plugin's gate, which the base has to know; 0 without a gate.
    public var gateParameters = 0
    /// Whether the plugin has a gate, which chooses who writes a token.
    public var hasGate = true

    /// Facts of a loaded engine.
    public init(
        modelName: String, pluginName: String? = nil, pluginSubject: String = "", price: Double = 0,
        contextLength: Int = 0, threads: Int = 1
    ) {
        self.modelName = modelName
        self.pluginName = pluginName
        self.pluginSubject = pluginSubject
        self.price = price
        self.contextLength = contextLength
        self.threads = threads
    }
}

/// What the chat starts with.
public struct ChatSettings: Sendable {
    /// The window.
    public var size: Size
    /// Themes in the order of the key that steps through them; empty means the built-in one.
    public var themes: [Theme]
    /// The theme to start with; an unknown name gives a warning and the first theme.
    public var themeName: String?
    /// `NO_COLOR` is set: start with the theme `monochrome` unless a theme was asked for by name.
    public var noColor: Bool
    /// Plugin gated, off, or always.
    public var mode: PluginMode
    /// The price in nats; nil takes the plugin's own.
    public var price: Double?
    /// The probability above which the side path is taken.
    public var threshold: Double
    /// `off`, a preset, or a description in the form of `--network`.
    public var network: String
    /// Milliseconds after which the base's token is taken; nil for none.
    public var deadline: Double?
    /// Instructions before the conversation, only where the person gave some.
    public var system: String?
    /// Whether the side panels are shown where there is room.
    public var panels: Bool
    /// Messages of earlier sessions, oldest first.
    public var history: [String]
    /// Instructions with a name.
    public var prompts: [NamedPrompt] = []
    /// The person's keys: names of actions, each with names of keys.
    public var keys: [(action: String, keys: [String])] = []
    /// Settings that the person has given to this start of the program: a conversation that is resumed keeps them.
    public var insisted: Set<KeptSetting> = []
    /// Whether there is a window; otherwise what needs one is refused.
    public var hasWindow = true
    /// Whether a recorded session is played, without an engine.
    public var isReplay = false
    /// How many times as fast as it happened a recorded session is played.
    public var replaySpeed = 1.0
    /// Warnings to show at the start, such as those of `ThemeFile`.
    public var warnings: [String]
    /// Whether and how conversations are kept.
    public var keeping: KeepingSettings

    /// The defaults.
    public init(
        size: Size, themes: [Theme] = [], themeName: String? = nil, noColor: Bool = false, mode: PluginMode = .gated,
        price: Double? = nil, threshold: Double = 0.5, network: String = "off", system: String? = nil,
        panels: Bool = true, history: [String] = [], warnings: [String] = [],
        keeping: KeepingSettings = KeepingSettings()
    ) {
        self.size = size
        self.themes = themes
        self.themeName = themeName
        self.noColor = noColor
        self.mode = mode
        self.price = price
        self.threshold = threshold
        self.network = network
        self.system = system
        self.panels = panels
        self.history = history
        self.warnings = warnings
        self.keeping = keeping
    }
}
