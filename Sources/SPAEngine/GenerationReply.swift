/// One reply, token by token: the loop in which cloud and device take turns.
struct GenerationReply {
    let base: BaseModel
    let ready: ReadyPlugin?
    let options: GenerationOptions
    let control: GenerationControl
    let clock: any LinkClock
    let networkSeed: UInt64
    let endOfTurn: Set<Int32>
    let bytes: @Sendable (Int32) -> [UInt8]
    /// When the reply was asked for, on `clock`.
    let asked: Double
    let emit: @Sendable (GenerationOutput) -> Void

    /// Whether the base's blocks are changed, so that keys and values are not the base's own.
    let actsInBlocks: Bool
    /// How likely the answer is the plugin's subject, where that was decided before it.
    var subject: Float?

    /// What a position's token was chosen by, and what that took.
    struct Choice {
        var token: Int32
        var path = TokenPath.base
        var decision: GateDecision?
        var cost = ExchangeCost()
        /// Why the base spoke although the side was to.
        var fallback: Fallback?
        /// How long the exchanges kept the cloud waiting, milliseconds.
        var waited = 0.0
    }

    /// Cloud and device of one reply, and what lies between them.
    struct Roles {
        let cloud: CloudRole
        /// The base alone, for as long as there is no link to a plugin inside the blocks.
        var alone: CloudRole?
        /// To a plugin inside the blocks.
        var exchanges: BlockExchanges?
        var link: SimulatedLink?

        /// Who reads the text and speaks for the base.
        func reader(_ settings: GenerationSettings) -> CloudRole { settings.isOffline ? alone ?? cloud : cloud }
    }

    private func roles(prompt: [Int32], cache: KVCache, alone: KVCache?) -> Roles {
        func link(_ device: any LinkDevice) -> SimulatedLink {
            SimulatedLink(around: InProcessLink(clock: clock, device: device), seed: networkSeed, clock: clock)
        }
        var (exchanges, ways): (BlockExchanges?, SimulatedLink?)
        switch ready?.part {
        case .side(let side):
            let role = DeviceRole(
                base: base, side: side, method: ready?.plugin.method ?? .spa, sampling: options.sideSampling,
                clock: clock)
            ways = link(role)
        case .blocks(let part) where actsInBlocks:
            let over = link(BlockDevice(part, base: base, clock: clock))
            exchanges = BlockExchanges(
                sites: part.sites, base: base, link: over, interruption: control.interruption, clock: clock)
            ways = over
        default: break
        }
        let replyStart = prompt.count - options.replyTokensInPrompt
        // With a plugin inside the blocks every token is the side's.
        let cloud = CloudRole(
            base: base, cache: cache, ready: ready, exchanges: exchanges,
            sampling: exchanges == nil ? options.sampling : options.sideSampling, replyStart: replyStart)
        let alone = alone.map {
            CloudRole(base: base, cache: $0, ready: nil, sampling: options.sampling, replyStart: replyStart)
        }
        return Roles(cloud: cloud, alone: alone, exchanges: exchanges, link: ways)
    }

    /// Generates until there is a reason to stop.
    /// - Parameter alone: where the base reads without a plugin inside its blocks; nil where there is none.
    func run(prompt: [Int32], cache: KVCache, alone: KVCache? = nil) throws(EngineError) -> GenerationSummary {
        if options.beams != nil, !options.sampling.isGreedy { throw .samplingWithBeams }
        let roles = roles(prompt: prompt, cache: cache, alone: alone)
        var reader = roles.reader(control.settings)
        var summary = GenerationSummary(
            stop: .cancelled, promptTokens: prompt.count, computedPromptTokens: 0, firstTokenMilliseconds: nil,
            tokensPerSecond: 0, ledger: Ledger())
        roles.link?.profile = control.settings.network
        let read = try reader.read(prompt: prompt, interruption: control.interruption)
        if let exchanges = roles.exchanges { summary.promptExchanges = exchanges.takeCost().cost }
        guard let read else { return summary }
        summary.computedPromptTokens = read.computed
        var last = clock.now()
        emit(
            .promptRead(
                tokens: prompt.count, computed: read.computed, milliseconds: last - asked,
                exchanges: summary.promptExchanges))

        summary.stop = .length
        var position = read.position
        if position == nil, options.maximumTokens > 0 { position = try reader.read(prompt.suffix(1)) }
        if let beams = options.beams, let position {
            // A plugin inside the blocks takes part in the whole of a search or in none of it.
            let searching = reader === roles.cloud ? roles : Roles(cloud: reader)
            var search = BeamReply(self, beams, roles: searching, from: position)
            try search.run(start: last, summary: &summary)
            return summary
        }
        var text = prompt
        var paths: [TokenPath] = []
        var repetition = options.stopsRepetition ? RepetitionDetector() : nil
        while summary.ledger.tokens < options.maximumTokens {
            let settings = control.settings
            guard !control.isCancelled, let here = position,
                let choice = try choose(
                    here, of: reader, sequence: UInt32(summary.ledger.tokens), settings: settings, roles: roles),
                !control.isCancelled
            else {
                summary.stop = .cancelled
                break
            }
            if options.stopsAtEndOfTurn, endOfTurn.contains(choice.token) {
                summary.stop = .endOfTurn
                break
            }
            let now = clock.now()
            let event = event(choice, index: summary.ledger.tokens, settings: settings, total: now - last)
            if summary.firstTokenMilliseconds == nil { summary.firstTokenMilliseconds = now - asked }
            last = now
            summary.ledger.record(event)
            emit(.token(event))
            paths.append(choice.path)
            if let repeated = repetition?.push(choice.token) {
                summary.stop = .repetition
                summary.ledger.retract(
                    tokens: repeated, ofSide: paths.suffix(repeated).count { $0 == .side })
                emit(.retracted(repeated))
                break
            }
            if summary.ledger.tokens >= options.maximumTokens { break }
            if reader.isFull {
                summary.stop = .context
                break
            }
            text.append(choice.token)
            let current = control.settings
            if actsInBlocks { roles.link?.profile = current.network }
            let next = roles.reader(current)
            if next === reader {
                position = try reader.read([choice.token])
            } else {
                position = try catchUp(next, with: text)
            }
            reader = next
        }
        if let first = summary.firstTokenMilliseconds, last > asked + first {
            summary.tokensPerSecond = 1000 * Double(paths.count - 1) / (last - asked - first)
        }
        return summary
    }

    /// Has a cloud read what it has not read while another one read; nil where interrupted.
    private func catchUp(_ cloud: CloudRole, with text: [Int32]) throws(EngineError) -> CloudRole.Position? {
        guard let read = try cloud.read(prompt: text, interruption: control.interruption) else { return nil }
        if let position = read.position { return position }
        return try cloud.read(text.suffix(1))
    }

    /// Chooses the token after a position; nil where interrupted. Only the chosen path's head runs.
    private func choose(
        _ position: CloudRole.Position, of reader: CloudRole, sequence: UInt32, settings: GenerationSettings,
        roles: Roles
    ) throws(EngineError) -> Choice? {
        let cloud = roles.cloud
        if let alone = roles.alone, reader === alone {
            return Choice(token: alone.token(at: position), fallback: .offline)
        }
        if let exchanges = roles.exchanges {
            let (cost, waited) = exchanges.takeCost()
            return Choice(token: cloud.token(at: position), path: .side, cost: cost, waited: waited)
        }
        guard let link = roles.link, let plugin = ready?.plugin, settings.mode != .base else {
            return Choice(token: cloud.token(at: position))
        }
        let price = settings.price ?? plugin.price
        let decision = cloud.decide(position, price: price)?.about(subject, price: price)
        guard settings.asksSide(decision) else {
            return Choice(token: cloud.token(at: position), decision: decision)
        }
        if settings.isOffline {
            return Choice(token: cloud.token(at: position), decision: decision, fallback: .offline)
        }
        link.profile = settings.network
        let frame = cloud.frame(for: position, sequence: sequence)
        let start = clock.now()
        switch try link.exchange(frame, interruption: control.interruption, deadline: settings.deadline) {
        case .answered(let exchange):
            return Choice(
                token: exchange.reply.token, path: .side, decision: decision, cost: exchange.cost,
                waited: clock.now() - start)
        case .late(let cost):
            let waited = clock.now() - start
            return Choice(
                token: cloud.token(at: position), decision: decision, cost: cost, fallback: .deadline, waited: waited)
        case .interrupted: return nil
        }
    }

    func event(_ choice: Choice, index: Int, settings: GenerationSettings, total: Double) -> TokenEvent {
        let cost = choice.cost
        let times = PartTimes(
            base: max(0, total - choice.waited), device: cost.deviceMilliseconds, uplink: cost.uplinkMilliseconds,
            downlink: cost.downlinkMilliseconds, total: total)
        return TokenEvent(
            index: index, id: choice.token, bytes: bytes(choice.token), path: choice.path,
            probability: choice.decision?.probability ?? (choice.path == .side || choice.fallback != nil ? 1 : 0),
            effect: choice.decision?.effect, threshold: settings.threshold,
            price: settings.price ?? ready?.plugin.price ?? 0, milliseconds: times,
            transmissions: cost.transmissions, simulated: cost.simulated, bytesUp: cost.bytesUp,
            bytesDown: cost.bytesDown, sigma: choice.decision?.sigma, fallback: choice.fallback)
    }
}
