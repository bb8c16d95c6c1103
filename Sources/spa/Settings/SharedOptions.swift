import ArgumentParser
import ChatUI
import Glibc
import SPAEngine

/// The base, and what it may use of the machine.
struct BaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The base model, a GGUF file of the Llama or Qwen family (default: the one that set-up installs).",
            valueName: "file"), completion: .file())
    var model: String?
    @Option(
        help: ArgumentHelp("Threads to compute with (default: one a core).", valueName: "n"),
        transform: SettingText.threads)
    var threads: Int?
}

/// The plugin, and how much text there can be.
struct PluginOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The side plugin, or 'off' for the base alone (default: the one that set-up installs).",
            valueName: "file|off"), completion: .file(extensions: ["gguf"]))
    var plugin: String?
    @Option(
        help: ArgumentHelp(
            "The plugin beside it, which holds what you taught, or 'off' (default: that of /teach, in chat and run).",
            valueName: "file|off"), completion: .file(extensions: ["gguf"]))
    var taught: String?
    @Option(
        help: ArgumentHelp(
            "Tokens that prompt and answer may have together (default: 4096; 2048 to evaluate and for perplexity).",
            valueName: "n"),
        transform: SettingText.context)
    var context: Int?
}

/// Who speaks, and over which network.
struct GateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who speaks: 'gated' lets the gate choose, 'base' or 'side' is that path always.",
            valueName: "gated|base|side"), completion: .list(["gated", "base", "side"]), transform: SettingText.mode)
    var mode: GenerationMode?
    @Option(
        help: ArgumentHelp(
            "The side speaks where the gate's probability is greater (default: 0.5).", valueName: "0…1"),
        transform: SettingText.threshold)
    var threshold: Float?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What a transmission must earn (default: the plugin's own).", valueName: "nats"),
        transform: SettingText.price)
    var price: Float?
    @Option(
        help: ArgumentHelp(
            "A network to simulate between base and side: off, lan, wifi, 4g, satellite, or for example 'rtt=80ms,jitter=10ms,loss=0.01,bandwidth=20mbit,seed=1'; 'offline' is no link at all, so that the base answers alone.",
            valueName: "network"),
        completion: .list(["off", "offline"] + NetworkProfile.presets.map(\.name)), transform: SettingText.network)
    var network: NetworkChoice?
    @Option(
        help: ArgumentHelp(
            "The longest wait for a side token, such as 200ms; then the base's token is taken (default: off).",
            valueName: "ms|off"), transform: SettingText.deadline)
    var deadline: DeadlineChoice?
}

/// How tokens are chosen.
struct SamplingFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "0 takes the most probable token always; more gives more variety (default: 0.5 in chat and run, else 0).",
            valueName: "t"),
        transform: SettingText.temperature)
    var temperature: Float?
    @Option(
        help: ArgumentHelp("Only the k most probable tokens (default: 0, all).", valueName: "k"),
        transform: SettingText.topK)
    var topK: Int?
    @Option(
        help: ArgumentHelp("Only the most probable tokens that hold this share (default: 1, all).", valueName: "share"),
        transform: SettingText.share)
    var topP: Float?
    @Option(
        help: ArgumentHelp(
            "Only tokens with this share of the best one's probability (default: 0.1 in chat and run, else 0, all).",
            valueName: "share"),
        transform: SettingText.share)
    var minP: Float?
    @Option(
        help: ArgumentHelp(
            "Makes the reply's last 64 tokens less probable (default: 1.05 in chat and run, else 1, no).",
            valueName: "factor"),
        transform: SettingText.penalty)
    var repeatPenalty: Float?
    @Option(
        help: ArgumentHelp(
            "Makes tokens less probable that would repeat what the reply has said (default: 0.8 in chat and run, else 0, no).",
            valueName: "nats"), transform: SettingText.temperature)
    var dry: Float?
    @Option(
        help: ArgumentHelp(
            "How many times more each further repeated token costs (default: 1.75).", valueName: "factor"),
        transform: SettingText.dryBase)
    var dryBase: Float?
    @Option(
        help: ArgumentHelp("Tokens that may be repeated for nothing (default: 3).", valueName: "n"),
        transform: SettingText.positive)
    var dryLength: Int?
    @Option(
        help: ArgumentHelp("How far back a repetition is looked for, in tokens (default: 1024).", valueName: "n"),
        transform: SettingText.positive)
    var dryWindow: Int?
    @Option(
        help: ArgumentHelp(
            "The temperature of the side's tokens, which are never penalised (default: 0).", valueName: "t"),
        transform: SettingText.temperature)
    var sideTemperature: Float?
    @Option(
        help: ArgumentHelp(
            "End a reply that repeats a block of words three times, and keep one copy (default: on in chat and run, else off).",
            valueName: "on|off"), completion: .list(["on", "off"]), transform: SettingText.flag)
    var repeatStop: Bool?
    @Option(
        help: ArgumentHelp(
            "Texts that are continued side by side, to find the most probable answer (default: 1).", valueName: "n"),
        transform: SettingText.upTo64)
    var beams: Int?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With beams: answers are ranked by log p / length^A; more favours long ones (default: 1).", valueName: "a"),
        transform: SettingText.lengthPenalty)
    var lengthPenalty: Float?
    @Option(
        help: ArgumentHelp(
            "With beams: stop when no better answer is likely, with the first answers, or when it is certain (default: likely).",
            valueName: "likely|first|certain"), completion: .list(["likely", "first", "certain"]),
        transform: SettingText.earlyStop)
    var earlyStop: BeamOptions.Stop?
    @Option(
        help: ArgumentHelp("The same seed gives the same text (default: 0).", valueName: "n"),
        transform: SettingText.seed)
    var seed: UInt64?
    @Option(
        help: ArgumentHelp("The longest answer, in tokens (default: 512).", valueName: "n"),
        transform: SettingText.positive)
    var maxTokens: Int?
}

/// What the model is told besides the message.
struct PromptOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Instructions before the conversation (default: none).", valueName: "text"))
    var system: String?
    @Flag(help: "Give the model the text as it stands, without a chat template.")
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
