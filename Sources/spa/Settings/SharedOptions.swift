import ArgumentParser
import ChatUI
import Glibc
import Manual
import SPAEngine

/// The base, and what it may use of the machine.
struct BaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            Setting.model.help,
            valueName: "file"), completion: .file())
    var model: String?
    @Option(
        help: ArgumentHelp(Setting.threads.help, valueName: "n"),
        transform: SettingText.threads)
    var threads: Int?
}

/// The plugin, and how much text there can be.
struct PluginOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            Setting.plugin.help,
            valueName: "file|off"), completion: .file(extensions: ["gguf"]))
    var plugin: String?
    @Option(
        help: ArgumentHelp(
            Setting.taught.help, valueName: "file|off"), completion: .file(extensions: ["gguf"]))
    var taught: String?
    @Option(
        help: ArgumentHelp(
            Setting.context.help,
            valueName: "n"),
        transform: SettingText.context)
    var context: Int?
}

/// Who speaks, and over which network.
struct GateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            Setting.mode.help,
            valueName: "gated|base|side"), completion: .list(["gated", "base", "side"]), transform: SettingText.mode)
    var mode: GenerationMode?
    @Option(
        help: ArgumentHelp(Setting.threshold.help, valueName: "0…1"),
        transform: SettingText.threshold)
    var threshold: Float?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(Setting.price.help, valueName: "nats"),
        transform: SettingText.price)
    var price: Float?
    @Option(
        help: ArgumentHelp(
            Setting.network.help,
            valueName: "network"),
        completion: .list(["off", "offline"] + NetworkProfile.presets.map(\.name)), transform: SettingText.network)
    var network: NetworkChoice?
    @Option(
        help: ArgumentHelp(
            Setting.deadline.help,
            valueName: "ms|off"), transform: SettingText.deadline)
    var deadline: DeadlineChoice?
}

/// How tokens are chosen.
struct SamplingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            Setting.temperature.help,
            valueName: "t"),
        transform: SettingText.temperature)
    var temperature: Float?
    @Option(
        help: ArgumentHelp(Setting.topK.help, valueName: "k"),
        transform: SettingText.topK)
    var topK: Int?
    @Option(
        help: ArgumentHelp(Setting.topP.help, valueName: "share"),
        transform: SettingText.share)
    var topP: Float?
    @Option(
        help: ArgumentHelp(
            Setting.minP.help,
            valueName: "share"),
        transform: SettingText.share)
    var minP: Float?
    @Option(
        help: ArgumentHelp(
            Setting.repeatPenalty.help,
            valueName: "factor"),
        transform: SettingText.penalty)
    var repeatPenalty: Float?
    @Option(
        help: ArgumentHelp(
            Setting.dry.help,
            valueName: "nats"), transform: SettingText.temperature)
    var dry: Float?
    @Option(
        help: ArgumentHelp(Setting.dryBase.help, valueName: "factor"),
        transform: SettingText.dryBase)
    var dryBase: Float?
    @Option(
        help: ArgumentHelp(Setting.dryLength.help, valueName: "n"),
        transform: SettingText.positive)
    var dryLength: Int?
    @Option(
        help: ArgumentHelp(Setting.dryWindow.help, valueName: "n"),
        transform: SettingText.positive)
    var dryWindow: Int?
    @Option(
        help: ArgumentHelp(Setting.sideTemperature.help, valueName: "t"),
        transform: SettingText.temperature)
    var sideTemperature: Float?
    @Option(
        help: ArgumentHelp(
            Setting.repeatStop.help,
            valueName: "on|off"), completion: .list(["on", "off"]), transform: SettingText.flag)
    var repeatStop: Bool?
    @Option(
        help: ArgumentHelp(Setting.beams.help, valueName: "n"),
        transform: SettingText.upTo64)
    var beams: Int?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(Setting.lengthPenalty.help, valueName: "a"),
        transform: SettingText.lengthPenalty)
    var lengthPenalty: Float?
    @Option(
        help: ArgumentHelp(
            Setting.earlyStop.help,
            valueName: "likely|first|certain"), completion: .list(["likely", "first", "certain"]),
        transform: SettingText.earlyStop)
    var earlyStop: BeamOptions.Stop?
    @Option(
        help: ArgumentHelp(Setting.seed.help, valueName: "n"),
        transform: SettingText.seed)
    var seed: UInt64?
    @Option(
        help: ArgumentHelp(Setting.maxTokens.help, valueName: "n"),
        transform: SettingText.positive)
    var maxTokens: Int?
}

/// What the model is told besides the message.
struct PromptOptions: ParsableArguments {
    @Option(help: ArgumentHelp(Setting.system.help, valueName: "text"))
    var system: String?
    @Flag(help: .init(Setting.raw.help))
    var raw = false
}

/// The options that chat, run, evaluate and perplexity share.
struct SharedOptions: ParsableArguments {
    @OptionGroup(title: "Base model") var base: BaseOptions
    @OptionGroup(title: "Plugin and context") var plugin: PluginOptions
    @OptionGroup(title: "Gate and network") var gate: GateOptions
    @OptionGroup(title: "Choice of tokens") var sampling: SamplingFlags
    @OptionGroup(title: "Prompt") var prompt: PromptOptions

    /// The settings after variables and configuration file have been asked.
    /// - Parameters:
    ///   - choice: how tokens are chosen where nobody says so.
    ///   - defaults: what else holds where nobody says so.
    func settings(_ choice: ChoiceOfTokens = .greedy, _ defaults: Settings.Defaults = .init()) throws -> Settings {
        try Settings(Settings.sources(), base, plugin, gate, sampling, prompt, choice: choice, defaults: defaults)
    }

    /// What was given as a flag of what conversations bring back with them.
    var insisted: Set<KeptSetting> {
        var given: Set<KeptSetting> = []
        if gate.mode != nil { given.insert(.mode) }
        if gate.price != nil { given.insert(.price) }
        if gate.threshold != nil { given.insert(.threshold) }
        if gate.network != nil { given.insert(.network) }
        if gate.deadline != nil { given.insert(.deadline) }
        if prompt.system != nil { given.insert(.instructions) }
        return given
    }
}
