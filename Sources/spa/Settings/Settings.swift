import ArgumentParser
import FoundationEssentials
import Manual
import SPAEngine
import Store
import Terminal

/// Every setting with its value: a flag's, or a variable's, or the configuration file's, or the default.
struct Settings: Sendable, Equatable {
    var paths: Paths
    var model: String
    /// nil for none.
    var plugin: String?
    /// Whether somebody asked for this plugin; the installed one is left out in silence where it does not fit.
    var pluginWasGiven: Bool
    /// The file that what was taught is in, to run beside the plugin; nil for none.
    var taught: String?
    /// Whether somebody asked for it.
    var taughtWasGiven: Bool
    var context: Int?
    var threads: Int
    var mode: GenerationMode
    var threshold: Float
    /// nil for the plugin's own.
    var price: Float?
    var network: NetworkChoice
    /// Milliseconds that the base waits for the plugin's answer to one token; nil for as long as it takes.
    var deadline: Double?
    /// How the base's tokens are chosen.
    var sampling: SPAEngine.SamplingOptions
    var sideTemperature: Float
    /// A reply that begins to repeat itself ends.
    var stopsRepetition: Bool
    /// nil for one text at a time.
    var beams: BeamOptions?
    /// nil where nobody said; commands differ.
    var maxTokens: Int?
    var system: String?
    var raw: Bool
    var theme: String?
    /// The chat's window takes clicks and the wheel.
    var mouse: Bool
    /// Names of keys by names of actions.
    var keys: [String: [String]]

    /// The variables of this process and its configuration file.
    static func sources() throws -> SettingSources {
        let environment = ProcessInfo.processInfo.environment
        let path = Paths(environment: environment).configurationFile
        return SettingSources(environment: environment, file: try ConfigurationFile.read(path))
    }

    /// What holds where nobody says otherwise.
    struct Defaults {
        /// Whether what was taught runs beside the plugin.
        var usesTaught = false
        /// What was chosen in the chat.
        var chosen = Choices()
    }

    /// Settings of these flags and sources.
    /// - Parameters:
    ///   - choice: how tokens are chosen where nobody says so.
    ///   - defaults: what else holds where nobody says so.
    init(
        _ sources: SettingSources, _ base: BaseOptions? = nil, _ plugin: PluginOptions? = nil,
        _ gate: GateOptions? = nil, _ sampling: SamplingFlags? = nil, _ prompt: PromptOptions? = nil,
        choice: ChoiceOfTokens = .greedy, defaults: Defaults = Defaults()
    ) throws {
        let paths = Paths(environment: sources.environment)
        self.paths = paths
        model = Files.expanded(try sources.value(base?.model, .model, SettingText.text) ?? paths.model)
        let asked = try sources.value(plugin?.plugin, .plugin, SettingText.text)
        pluginWasGiven = asked != nil && asked != "off"
        let wanted = asked ?? defaults.chosen.plugin
        switch wanted {
        case "off": self.plugin = nil
        case let path?: self.plugin = Files.expanded(path)
        case nil: self.plugin = Paths.exists(paths.plugin) ? paths.plugin : nil
        }
        let askedTaught = try sources.value(plugin?.taught, .taught, SettingText.text)
        taughtWasGiven = askedTaught != nil && askedTaught != "off"
        if let askedTaught {
            taught = askedTaught == "off" ? nil : Files.expanded(askedTaught)
        } else {
            // Who wants the base alone wants it without what was taught, too.
            let path = defaults.chosen.taught ?? paths.taughtPlugin
            taught = defaults.usesTaught && wanted != "off" && Paths.exists(path) ? path : nil
        }
        if self.plugin == nil, let taught { (self.plugin, pluginWasGiven) = (taught, taughtWasGiven) }
        context = try sources.value(plugin?.context, .context, SettingText.context)
        threads = try sources.value(base?.threads, .threads, SettingText.threads) ?? Self.cores
        let chosenMode = defaults.chosen.mode.flatMap(GenerationMode.init(rawValue:))
        mode = try sources.value(gate?.mode, .mode, SettingText.mode) ?? chosenMode ?? .gated
        threshold = try sources.value(gate?.threshold, .threshold, SettingText.threshold) ?? 0.5
        price = try sources.value(gate?.price, .price, SettingText.price)
        network =
            try sources.value(gate?.network, .network, SettingText.network) ?? NetworkChoice(text: "off", profile: nil)
        deadline = try sources.value(gate?.deadline, .deadline, SettingText.deadline)?.milliseconds
        let width = try sources.value(sampling?.beams, .beams, SettingText.upTo64) ?? 1
        self.sampling = try Self.sampling(sources, sampling, width > 1 ? .greedy : choice)
        sideTemperature =
            try sources.value(sampling?.sideTemperature, .sideTemperature, SettingText.temperature) ?? 0
        stopsRepetition =
            try sources.value(sampling?.repeatStop, .repeatStop, SettingText.flag) ?? (choice == .varied)
        let lengthPenalty = try sources.value(sampling?.lengthPenalty, .lengthPenalty, SettingText.lengthPenalty) ?? 1
        let stop = try sources.value(sampling?.earlyStop, .earlyStop, SettingText.earlyStop) ?? .likely
        beams = width > 1 ? BeamOptions(width: width, lengthPenalty: lengthPenalty, stop: stop) : nil
        if beams != nil, !self.sampling.isGreedy { throw EngineError.samplingWithBeams }
        maxTokens = try sources.value(sampling?.maxTokens, .maxTokens, SettingText.positive)
        system = try sources.value(prompt?.system, .system, SettingText.text).flatMap { text in
            try Self.instructions(text, folder: paths.prompts)
        }
        raw = try sources.value(prompt?.raw == true ? true : nil, .raw, SettingText.flag) ?? false
        theme = try sources.value(nil, .theme, SettingText.text) ?? (Self.noColor ? nil : defaults.chosen.theme)
        mouse = try sources.value(nil, .mouse, SettingText.flag) ?? false
        keys = sources.file.keys
    }

    /// Who asks for the most probable token gets it: penalties are then only those that are asked for too.
    private static func sampling(
        _ sources: SettingSources, _ flags: SamplingFlags?, _ choice: ChoiceOfTokens
    ) throws -> SPAEngine.SamplingOptions {
        let temperature = try sources.value(flags?.temperature, .temperature, SettingText.temperature)
        var options = temperature == 0 ? ChoiceOfTokens.greedy.sampling : choice.sampling
        func take<Value>(
            _ place: WritableKeyPath<SPAEngine.SamplingOptions, Value>, _ flag: Value?, _ setting: Setting,
            _ parse: (String) throws -> Value
        ) throws {
            if let value = try sources.value(flag, setting, parse) { options[keyPath: place] = value }
        }
        try take(\.temperature, flags?.temperature, .temperature, SettingText.temperature)
        try take(\.topK, flags?.topK, .topK, SettingText.topK)
        try take(\.topP, flags?.topP, .topP, SettingText.share)
        try take(\.minP, flags?.minP, .minP, SettingText.share)
        try take(\.repeatPenalty, flags?.repeatPenalty, .repeatPenalty, SettingText.penalty)
        try take(\.dry.multiplier, flags?.dry, .dry, SettingText.temperature)
        try take(\.dry.base, flags?.dryBase, .dryBase, SettingText.dryBase)
        try take(\.dry.allowedLength, flags?.dryLength, .dryLength, SettingText.positive)
        try take(\.dry.window, flags?.dryWindow, .dryWindow, SettingText.positive)
        try take(\.seed, flags?.seed, .seed, SettingText.seed)
        return options
    }

    /// The text itself, or that of the named instructions behind an `@`; nil for none.
    private static func instructions(_ text: String, folder: String) throws -> String? {
        guard text.hasPrefix("@") else { return text.isEmpty ? nil : text }
        let prompts = PromptFiles.read(folder)
        if let found = prompts.first(where: { "@" + $0.name == text }) { return found.text }
        let names = prompts.map { "@" + $0.name }.joined(separator: ", ")
        throw CommandFailure.badSetting(
            source: "--system", value: text,
            problem: "is no file in \(folder)" + (names.isEmpty ? "" : " (there are \(names))"))
    }

    /// What a reply begins with.
    var generation: GenerationSettings {
        GenerationSettings(mode: mode, threshold: threshold, price: price, network: network.profile, deadline: deadline)
    }

    /// What a reply is made with.
    var options: GenerationOptions {
        GenerationOptions(
            sampling: sampling, sideTemperature: sideTemperature, maximumTokens: maxTokens ?? 512,
            stopsRepetition: stopsRepetition, beams: beams)
    }

    /// Whether the person wants no colours, in any program.
    static var noColor: Bool { !(ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty }

    /// The theme to begin with: the one that was asked for, or else one for the terminal's background; nil for the default,
    /// which is for dark ones.
    func themeName(asked: String?, on background: TerminalBackground?) -> String? {
        asked ?? theme ?? (background == .light && !Self.noColor ? "light" : nil)
    }

    /// The cores that this process may use, at most 16.
    static var cores: Int { max(1, min(16, ProcessInfo.processInfo.activeProcessorCount)) }
}
