import Chat

/// How a chat names its conversations and whether it keeps them.
public struct KeepingSettings: Sendable, Equatable {
    /// Whether every change is given to a store.
    public var isOn: Bool
    /// Where names of conversations and turns come from: random in a program, fixed in a test.
    public var nameSeed: UInt64
    /// The time at which the clock of `Event.tick` began, in seconds since 1970.
    public var startTime: Double
    /// The sampler's seed, which is kept with every answer.
    public var samplerSeed: UInt64
    /// Whether the most probable token is always taken, so that the same settings give the same answer.
    public var isGreedy: Bool

    /// Nothing is kept unless that is asked for.
    public init(
        isOn: Bool = false, nameSeed: UInt64 = 0, startTime: Double = 0, samplerSeed: UInt64 = 0, isGreedy: Bool = false
    ) {
        self.isOn = isOn
        self.nameSeed = nameSeed
        self.startTime = startTime
        self.samplerSeed = samplerSeed
        self.isGreedy = isGreedy
    }
}

/// What the state knows of its store.
struct Keeping: Sendable {
    let settings: KeepingSettings
    var names: IdentifierSource
    /// The seed of the next reply.
    var seed: UInt64
    /// The draft as the store has it.
    var draft = ""

    init(_ settings: KeepingSettings) {
        self.settings = settings
        seed = settings.samplerSeed
        names = IdentifierSource(seed: settings.nameSeed)
    }
}

extension State {
    /// The time, in seconds since 1970.
    var wallClock: Double { keeping.settings.startTime + now / 1000 }

    /// A request to the store, where there is one.
    func keep(_ request: StoreRequest) -> [Effect] { keeping.settings.isOn ? [.store(request)] : [] }

    /// An empty conversation with a name of its own.
    mutating func freshConversation(system: String?) -> Conversation {
        Conversation(system: system, id: keeping.names.conversation(), created: wallClock)
    }

    /// A turn with a name of its own and the settings as they are now.
    mutating func freshTurn(_ question: String) -> Turn {
        var turn = Turn(
            question: question, id: keeping.names.turn(), asked: wallClock,
            settings: ReplySettings(
                model: engineInfo?.modelName ?? "", plugin: engineInfo?.pluginName, mode: mode.rawValue, price: price,
                threshold: threshold, network: networkName, deadline: deadline ?? 0, seed: keeping.seed))
        turn.system = conversation.system
        return turn
    }

    /// Asks for the last turn's answer, and keeps its question.
    mutating func askLast() -> [Effect] {
        guard let turn = conversation.turns.last else { return [] }
        if conversation.title == nil { conversation.title = ConversationTitle.of(question: turn.question) }
        phase = .reading
        askedAt = now
        let parent = conversation.turns.dropLast().last?.id
        return [.send(conversation.prompt)]
            + keep(.asked(turn, after: parent, in: ConversationHead(conversation)))
    }

    /// What the store is told of an event of the running reply, before the event changes anything.
    func kept(_ event: Event) -> [Effect] {
        guard keeping.settings.isOn, isReplying, let turn = conversation.turns.last else { return [] }
        switch event {
        case .replyStarted(let tokens):
            return keep(.started(turn.id, promptTokens: tokens, firstTokenMilliseconds: nil))
        case .promptRead(let exchanges): return keep(.promptRead(turn.id, exchanges))
        case .firstToken(let milliseconds):
            return keep(.started(turn.id, promptTokens: nil, firstTokenMilliseconds: milliseconds))
        case .token(var token):
            token.index = turn.reply.tokens.count
            return keep(.token(token, of: turn.id))
        case .retracted(let count): return keep(.retracted(turn.id, count))
        case .replyEnded(let reason): return keep(.ended(turn.id, reason, failure: nil))
        case .failed(let reason): return keep(.ended(turn.id, .failed, failure: reason))
        default: return []
        }
    }

    /// Keeps what is written and not sent yet, where it has changed.
    mutating func keepDraft() -> [Effect] {
        guard keeping.settings.isOn else { return [] }
        // While a question is edited, the draft is what comes back afterwards.
        let draft = [queued.map(Self.editable) ?? "", edited?.keptDraft ?? editor.text].filter { !$0.isEmpty }.joined(
            separator: "\n")
        guard draft != keeping.draft else { return [] }
        keeping.draft = draft
        return keep(.draft(draft))
    }

    /// Applies what the store says.
    mutating func storeSaid(_ event: StoreEvent) -> [Effect] {
        switch event {
        case .draft(let text):
            if editor.isEmpty {
                editor = Editor(text)
                say(.information, "What you were writing last time is back.")
            }
            return keepDraft()
        case .warning(let text):
            say(.warning, text)
            tellPicker(event)
        case .opened(let conversation, let turn): return show(conversation, at: turn)
        case .listed, .found: tellPicker(event)
        }
        return []
    }
}
