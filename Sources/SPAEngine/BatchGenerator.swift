import Compute
import Tokenizer

/// Answers many prompts, several at once: the base's weights are read once for all texts that are being continued,
/// and a prompt that several speakers answer in turn is read once. Each reply is token for token, path for path and byte
/// for byte that of a `Generator`; only the times are shared ones, and no network can be simulated. Used by one thread at a time.
///
/// A side network's states still go to its device and its tokens come back frame by frame; only the output head, which cloud
/// and devices have in common on one machine, is gone through once for all. A plugin inside the base's blocks reads for itself: its
/// texts are continued together, their states go down in one frame, and each is accounted for as if it were alone.
public final class BatchGenerator {
    /// A reply that is asked for.
    public struct Request: Sendable {
        /// What is continued.
        public var promptIDs: [Int32]
        /// Who may speak: an index of the generator's plugins.
        public var speaker: Int
        /// Mode, threshold and price; a network is not simulated.
        public var settings: GenerationSettings
        /// How likely the answer is the speaker's subject; see `Generator.generate`.
        public var subject: Float?
        /// The seed of lots that are drawn in the place of the gate: probabilities that know nothing, evenly from 0 to 1.
        package var lots: UInt64?

        /// A request.
        public init(
            promptIDs: [Int32], speaker: Int = 0, settings: GenerationSettings = GenerationSettings(),
            subject: Float? = nil
        ) {
            self.promptIDs = promptIDs
            self.speaker = speaker
            self.subject = subject
            self.settings = settings
        }
    }

    /// What came of a request.
    public struct Reply: Sendable, Equatable {
        /// The tokens, in order.
        public var tokens: [TokenEvent]
        /// The account; its times are those of a text among others.
        public var summary: GenerationSummary
    }

    private struct Speaker {
        let plugin: Plugin
        let gate: GateInference?
        let part: Part

        enum Part {
            /// A side network, and which of the generator's taps it reads.
            case side(DeviceRole, taps: [Int])
            /// The way to a plugin inside the blocks, and what a token takes.
            case blocks(BlockExchanges, NetworkFormula)
        }

        var exchanges: BlockExchanges? {
            guard case .blocks(let exchanges, _) = part else { return nil }
            return exchanges
        }
    }

    /// A text that is being continued.
    private struct Text {
        let request: Int
        let settings: GenerationSettings
        let lots: UInt64?
        let subject: Float?
        let speaker: Speaker?
        let cache: KVCache
        /// The last position: f_t and all taps, one row each.
        var states: BaseModel.States
        var reply: Reply
        let asked: Double
        /// When its first token was chosen.
        var first = 0.0
        /// The device's work inside the blocks for the last position, milliseconds.
        var deviceMilliseconds = 0.0
        /// Ends the reply where it repeats itself.
        var repetition: RepetitionDetector?

        /// The lot of the next token, 0 to 1: the same whatever else is answered beside it.
        var lot: Float? {
            guard let lots else { return nil }
            var random = SeededRandom(seed: lots &+ UInt64(request), stream: UInt64(reply.tokens.count))
            return random.uniform()
        }
    }

    private let base: BaseModel
    private let tokenizer: Tokenizer?
    private let speakers: [Speaker?]
    private let taps: [Int]
    private let width: Int
    private let clock = SystemClock()
    /// The last prompt that was read, and the states of its last position.
    private let prompt: KVCache
    private var promptStates: BaseModel.States?
    /// Who has read it: a speaker whose plugin acts inside the blocks, or nil for the base itself.
    private var promptReader: Int?

    /// A generator.
    /// - Parameters:
    ///   - plugins: who may speak, nil for the base alone.
    ///   - contextLength: the positions that a prompt and its reply have together.
    ///   - width: how many texts are continued at once.
    /// - Throws: `wrongBase`, `badPlugin`, `outOfMemory`.
    public init(
        base: BaseModel, tokenizer: Tokenizer? = nil, plugins: [Plugin?] = [nil], contextLength: Int, width: Int = 8
    ) throws(EngineError) {
        let all = Set(plugins.flatMap { $0?.side?.configuration.taps ?? [] }).sorted()
        var speakers: [Speaker?] = []
        for plugin in plugins {
            guard let plugin else {
                speakers.append(nil)
                continue
            }
            let ready = try ReadyPlugin(plugin, base: base)
            let part: Speaker.Part
            switch ready.part {
            case .blocks(let blocks):
                part = .blocks(
                    BlockExchanges(blocks, base: base), NetworkFormula(plugin, base: base.configuration))
            case .side(let side):
                let taps = side.configuration.taps.compactMap { all.firstIndex(of: $0) }
                let device = DeviceRole(base: base, side: side, method: plugin.method, sampling: SamplingOptions())
                part = .side(device, taps: taps)
            }
            speakers.append(Speaker(plugin: plugin, gate: ready.gate, part: part))
        }
        self.base = base
        self.tokenizer = tokenizer
        self.speakers = speakers
        taps = all
        self.width = max(1, width)
        prompt = try base.makeCache(capacity: contextLength)
    }

    /// Answers the requests. Those with one prompt belong together, so that it is read once.
    /// - Parameters:
    ///   - options: no beams.
    ///   - finished: called with each reply and its request's index as it ends, in any order; false ends all.
    /// - Returns: the replies in the order of the requests; nil where ended.
    public func replies(
        to requests: [Request], options: GenerationOptions = GenerationOptions(),
        finished: (Int, Reply) -> Bool = { _, _ in true }
    ) throws(EngineError) -> [Reply]? {
        precondition(options.beams == nil, "texts are continued token by token")
        var replies = [Reply?](repeating: nil, count: requests.count)
        var (texts, next): ([Text], Int) = ([], 0)
        // How long the pass that the texts' states are of took, milliseconds.
        var read = 0.0
        func end(_ text: Text) -> Bool {
            replies[text.request] = text.reply
            return finished(text.request, text.reply)
        }
        // Those that are read by one plugin go together.
        let readers = requests.map(reader)
        let order = requests.indices.sorted { (readers[$0] ?? -1, $0) < (readers[$1] ?? -1, $1) }
        while next < requests.count || !texts.isEmpty {
            while texts.count < width, next < requests.count,
                texts.isEmpty || readers[texts[0].request] == readers[order[next]]
            {
                var text = try begin(requests[order[next]], index: order[next], reader: readers[order[next]])
                if options.stopsRepetition { text.repetition = RepetitionDetector() }
                next += 1
                if options.maximumTokens > 0 { texts.append(text) } else if !end(text) { return nil }
            }
            let start = clock.now()
            let choices = try choose(texts, options)
            let now = clock.now()
            let device = choices.reduce(0) { $0 + $1.cost.deviceMilliseconds }
            let share = (read + now - start - device) / Double(texts.count)
            var going: [(text: Text, token: Int32)] = []
            for (var text, choice) in zip(texts, choices) {
                let stop = take(choice, into: &text, share: share, now: now, options: options)
                if stop == nil {
                    going.append((text, choice.token))
                } else if !end(text) {
                    return nil
                }
            }
            texts = going.map(\.text)
            let exchanges = texts.first.flatMap { readers[$0.request] }.flatMap { speakers[$0]?.exchanges }
            let states = try base.forward(
                going.map { ([$0.token], $0.text.cache) }, taps: taps, exchanges: exchanges)
            let onDevice = (exchanges?.takeCost().cost.deviceMilliseconds ?? 0) / Double(max(1, texts.count))
            for row in texts.indices {
                (texts[row].states, texts[row].deviceMilliseconds) = (states.row(row), onDevice)
            }
            read = clock.now() - now
        }
        return replies.compactMap { $0 }
    }

    /// Chooses a token for each text: who speaks, then all from one pass through the head.
    private func choose(_ texts: [Text], _ options: GenerationOptions) throws(EngineError) -> [GenerationReply.Choice] {
        var choices: [GenerationReply.Choice] = []
        var heads: [Float] = []
        for text in texts {
            var choice = GenerationReply.Choice(token: 0)
            var state = text.states.finals
            if let speaker = text.speaker, text.settings.mode != .base {
                let (settings, plugin) = (text.settings, speaker.plugin)
                let (device, own): (DeviceRole, [Int])
                switch speaker.part {
                case .side(let role, let taps): (device, own) = (role, taps)
                case .blocks(_, let formula):
                    choice.path = .side
                    choice.cost = ExchangeCost(
                        transmissions: formula.exchangesPerToken, deviceMilliseconds: text.deviceMilliseconds,
                        bytesDown: formula.exchangesPerToken * formula.bytesDown,
                        bytesUp: formula.exchangesPerToken * formula.bytesUp)
                    heads += state.values
                    choices.append(choice)
                    continue
                }
                let taps = own.map { text.states.taps[$0] }
                choice.decision =
                    text.lot.map { GateDecision(probability: $0, effect: nil, sigma: $0) }
                    ?? speaker.gate?.decide(
                        final: state, taps: taps, price: settings.price ?? plugin.price, team: base.team
                    ) { base.head(state) }
                    .about(text.subject, price: settings.price ?? plugin.price)
                if settings.asksSide(choice.decision) {
                    let start = clock.now()
                    let position = CloudRole.Position(
                        final: state, taps: taps, next: text.cache.count)
                    let question = StateFrame(position, sequence: UInt32(text.reply.tokens.count)).encoded()
                    state = try device.state(StateFrame(decoding: question))
                    (choice.path, choice.cost.bytesDown, choice.cost.transmissions) = (.side, question.count, 1)
                    choice.cost.deviceMilliseconds = clock.now() - start
                }
            }
            heads += state.values
            choices.append(choice)
        }
        let width = base.configuration.width
        let states = Matrix(rows: texts.count, columns: width, values: heads)
        let tokens = tokens(after: states, texts, paths: choices.map(\.path), options)
        for (index, token) in tokens.enumerated() {
            choices[index].token = token
            guard choices[index].path == .side, texts[index].speaker?.exchanges == nil else { continue }
            let answer = TokenFrame(
                sequence: UInt32(texts[index].reply.tokens.count), token: token, deviceMicroseconds: 0
            ).encoded()
            choices[index].token = try TokenFrame(decoding: answer).token
            choices[index].cost.bytesUp = answer.count
        }
        return choices
    }

    /// A token for each text, chosen as its path chooses.
    private func tokens(
        after states: Matrix, _ texts: [Text], paths: [TokenPath], _ options: GenerationOptions
    ) -> [Int32] {
        if options.sampling.isGreedy, options.sideSampling.isGreedy { return base.likeliest(each: states) }
        let (own, side) = (Sampler(options.sampling), Sampler(options.sideSampling))
        let logits = base.head(states)
        return texts.indices.map { index in
            let row = Array(logits.values[index * logits.columns..<(index + 1) * logits.columns])
            let (cache, prompt) = (texts[index].cache, texts[index].reply.summary.promptTokens)
            return (paths[index] == .side ? side : own).sample(
                row, history: cache.tokens.dropFirst(prompt - options.replyTokensInPrompt), position: cache.count)
        }
    }

    /// Adds a token to a text's reply, as `GenerationReply` does.
    /// - Returns: why the reply is at its end, if it is.
    private func take(
        _ choice: GenerationReply.Choice, into text: inout Text, share: Double, now: Double, options: GenerationOptions
    ) -> StopReason? {
        let (index, cost) = (text.reply.tokens.count, choice.cost)
        if options.stopsAtEndOfTurn, tokenizer?.endOfGeneration.contains(choice.token) == true {
            text.reply.summary.stop = .endOfTurn
            return .endOfTurn
        }
        let event = TokenEvent(
            index: index, id: choice.token, bytes: tokenizer?.bytes(of: choice.token) ?? [], path: choice.path,
            probability: choice.decision?.probability ?? (choice.path == .side ? 1 : 0),
            effect: choice.decision?.effect, threshold: text.settings.threshold,
            price: text.settings.price ?? text.speaker?.plugin.price ?? 0,
            milliseconds: PartTimes(
                base: share, device: cost.deviceMilliseconds, total: share + cost.deviceMilliseconds),
            transmissions: cost.transmissions, bytesUp: cost.bytesUp, bytesDown: cost.bytesDown,
            sigma: choice.decision?.sigma)
        text.reply.tokens.append(event)
        text.reply.summary.ledger.record(event)
        if text.reply.summary.firstTokenMilliseconds == nil {
            (text.reply.summary.firstTokenMilliseconds, text.first) = (now - text.asked, now)
        } else if now > text.first {
            text.reply.summary.tokensPerSecond = 1000 * Double(index) / (now - text.first)
        }
        if let repeated = text.repetition?.push(choice.token) {
            let side = text.reply.tokens.suffix(repeated).count { $0.path == .side }
            text.reply.summary.ledger.retract(tokens: repeated, ofSide: side)
            text.reply.tokens.removeLast(repeated)
            text.reply.summary.stop = .repetition
            return .repetition
        }
        if index + 1 >= options.maximumTokens { return .length }
        guard text.cache.count >= text.cache.capacity else { return nil }
        text.reply.summary.stop = .context
        return .context
    }

    /// The speaker whose plugin reads the text itself; nil where the base does.
    private func reader(_ request: Request) -> Int? {
        request.settings.mode == .base || speakers[request.speaker]?.exchanges == nil ? nil : request.speaker
    }

    /// Reads a prompt, or what of it is not in the last one.
    private func begin(_ request: Request, index: Int, reader: Int?) throws(EngineError) -> Text {
        let ids = request.promptIDs
        guard !ids.isEmpty else { throw .emptyPrompt }
        guard ids.count <= prompt.capacity else { throw .contextFull(needed: ids.count, capacity: prompt.capacity) }
        let asked = clock.now()
        var computed = 0
        let exchanges = reader.flatMap { speakers[$0]?.exchanges }
        if promptStates == nil || promptReader != reader || prompt.tokens != ids {
            promptStates = nil
            if promptReader != reader { prompt.reset() }
            promptReader = reader
            prompt.truncate(to: min(prompt.commonPrefix(with: ids), ids.count - 1))
            computed = ids.count - prompt.count
            promptStates = try base.forward(
                Array(ids[prompt.count...]), cache: prompt, taps: taps, exchanges: exchanges)
        }
        guard let states = promptStates else { throw .emptyPrompt }
        let summary = GenerationSummary(
            stop: .length, promptTokens: ids.count, computedPromptTokens: computed, firstTokenMilliseconds: nil,
            tokensPerSecond: 0, ledger: Ledger(), promptExchanges: exchanges?.takeCost().cost ?? ExchangeCost())
        return Text(
            request: index, settings: request.settings, lots: request.lots, subject: request.subject,
            speaker: speakers[request.speaker],
            cache: try prompt.fork(),
            states: states, reply: Reply(tokens: [], summary: summary), asked: asked)
    }
}
