import Chat

/// One line of a trace: something that happened in a chat, and when. A trace is a file of JSON objects, one a line; the
/// first says that it is one and of which version.
public struct TraceLine: Sendable, Equatable, Codable {
    /// The version that this program writes.
    public static let version = 1

    /// What happened.
    public enum Kind: String, Sendable, Codable {
        /// The first line; `number` is the version.
        case trace
        /// The engine was ready: `engine`.
        case engine
        /// Another conversation is on the screen, empty as yet; `text` is its title.
        case conversation
        /// A question was asked: `text`, as turn `number` from 0, with `settings`.
        case question
        /// The prompt of `number` tokens was being read.
        case started = "reply_started"
        /// Reading the prompt took exchanges with the plugin: `exchanges`.
        case promptRead = "prompt_read"
        /// The first token had come after `number` milliseconds.
        case firstToken = "first_token"
        /// A token came: `token`.
        case token
        /// The last `number` tokens were taken back.
        case retracted
        /// The reply was complete; `text` is the reason.
        case ended = "reply_ended"
        /// The reply ended by an error: `text`.
        case failed
        /// Another network: `text` is its name, `detail` its figures, `simulated` whether it is.
        case network
        /// Another mode of the plugin: `text`.
        case mode
        /// Another price: `number`.
        case price
        /// Another threshold: `number`.
        case threshold
        /// The engine said what both paths thought of a token: `place` and `inspection`.
        case inspected
    }

    /// An engine's facts, as `EngineInfo` has them.
    public struct Engine: Sendable, Equatable, Codable {
        var model: String
        var plugin: String?
        var subject: String
        var price: Double
        var context: Int
        var threads: Int
        /// Inner states of the base that a plugin beside it reads; nil for one inside of its blocks.
        var taps: Int?
        /// Blocks that a plugin inside of them changes; nil for one beside the base.
        var blocks: Int?
        /// Numbers of the gate.
        var gate: Int?
        /// Whether there is a gate.
        var gated: Bool?
    }

    /// Milliseconds since the trace began.
    public var at: Double
    /// What happened.
    public var event: Kind
    var text: String?
    var number: Double?
    var detail: String?
    var simulated: Bool?
    var settings: ReplySettings?
    var engine: Engine?
    var token: TokenRecord?
    var place: TokenPlace?
    var inspection: TokenInspection?
    var exchanges: PromptExchanges?

    init(at: Double, _ event: Kind, text: String? = nil, number: Double? = nil) {
        self.at = at
        self.event = event
        self.text = text
        self.number = number
    }
}

extension TraceLine.Engine {
    init(_ info: EngineInfo) {
        self.init(
            model: info.modelName, plugin: info.pluginName, subject: info.pluginSubject, price: info.price,
            context: info.contextLength, threads: info.threads, gate: info.gateParameters, gated: info.hasGate)
        switch info.pluginPlace {
        case .beside(let count): taps = count
        case .inside(let count): blocks = count
        }
    }

    var info: EngineInfo {
        let price = State.priceRange.contains(price) ? price : 0
        var info = EngineInfo(
            modelName: model, pluginName: plugin, pluginSubject: subject, price: price,
            contextLength: Counts.bounded(context), threads: max(threads, 1))
        info.pluginPlace =
            blocks.map { .inside(blocks: Counts.bounded($0)) } ?? .beside(taps: Counts.bounded(taps ?? 0))
        info.gateParameters = Counts.bounded(gate ?? 0)
        info.hasGate = gated ?? true
        return info
    }
}
