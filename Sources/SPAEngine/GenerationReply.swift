/// One reply, token by token: the loop in which cloud and device take turns.
struct GenerationReply {
    let base: BaseModel
    let plugin: Plugin?
    /// The plugin's side network, ready for one position at a time.
    let step: SideInference?
    let options: GenerationOptions
    let control: GenerationControl
    let clock: any LinkClock
    let networkSeed: UInt64
    let endOfTurn: Set<Int32>
    let bytes: @Sendable (Int32) -> [UInt8]
    /// When the reply was asked for, on `clock`.
    let asked: Double
    /// Sees each position before its token is chosen.
    let visit: @Sendable (CloudRole.Position) -> Void
    let emit: @Sendable (GenerationOutput) -> Void

    /// What a position's token was chosen by, and what that took.
    private struct Choice {
        var token: Int32
        var path = TokenPath.base
        var decision: GateDecision?
        var exchange: LinkExchange?
        /// How long the exchange kept the cloud waiting, milliseconds.
        var waited = 0.0
    }

    /// Generates until there is a reason to stop.
    func run(prompt: [Int32], cache: KVCache) throws(EngineError) -> GenerationSummary {
        let cloud = CloudRole(base: base, cache: cache, plugin: plugin, sampling: options.sampling)
        let device = step.map {
            DeviceRole(
                base: base, side: $0, method: plugin?.method ?? .spa, sampling: options.sampling, history: prompt,
                clock: clock)
        }
        let link = device.map { device in
            SimulatedLink(
                around: InProcessLink(clock: clock) { frame throws(EngineError) in try device.serve(frame) },
                seed: networkSeed, clock: clock)
        }
        var summary = GenerationSummary(
            stop: .cancelled, promptTokens: prompt.count, computedPromptTokens: 0, firstTokenMilliseconds: nil,
            tokensPerSecond: 0, ledger: Ledger())
        guard let read = try cloud.read(prompt: prompt, interruption: control.interruption) else { return summary }
        var position = read.position
        summary.computedPromptTokens = read.computed
        var last = clock.now()
        emit(.promptRead(tokens: prompt.count, computed: read.computed, milliseconds: last - asked))

        summary.stop = .length
        while summary.ledger.tokens < options.maximumTokens {
            let settings = control.settings
            visit(position)
            guard !control.isCancelled,
                let choice = try choose(
                    position, sequence: UInt32(summary.ledger.tokens), settings: settings, cloud: cloud, link: link),
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
            device?.observe(choice.token)
            if summary.ledger.tokens >= options.maximumTokens { break }
            if cloud.isFull {
                summary.stop = .context
                break
            }
            position = try cloud.read([choice.token])
        }
        if let first = summary.firstTokenMilliseconds, last > asked + first {
            summary.tokensPerSecond = 1000 * Double(summary.ledger.tokens - 1) / (last - asked - first)
        }
        return summary
    }

    /// Chooses the token after a position; nil where interrupted. Only the chosen path's head runs.
    private func choose(
        _ position: CloudRole.Position, sequence: UInt32, settings: GenerationSettings, cloud: CloudRole,
        link: SimulatedLink?
    ) throws(EngineError) -> Choice? {
        guard let link, let plugin, settings.mode != .base else { return Choice(token: cloud.token(at: position)) }
        let decision = cloud.decide(position, price: settings.price ?? plugin.price)
        // Without a gate every token is the plugin's.
        guard settings.mode == .side || decision.map({ $0.probability > settings.threshold }) ?? true else {
            return Choice(token: cloud.token(at: position), decision: decision)
        }
        link.profile = settings.network
        let frame = cloud.frame(for: position, sequence: sequence)
        let start = clock.now()
        guard let exchange = try link.exchange(frame, interruption: control.interruption) else { return nil }
        return Choice(
            token: exchange.reply.token, path: .side, decision: decision, exchange: exchange,
            waited: clock.now() - start)
    }

    private func event(_ choice: Choice, index: Int, settings: GenerationSettings, total: Double) -> TokenEvent {
        let exchange = choice.exchange
        let times = PartTimes(
            base: max(0, total - choice.waited), device: exchange?.deviceMilliseconds ?? 0,
            uplink: exchange?.uplinkMilliseconds ?? 0,
            downlink: exchange?.downlinkMilliseconds ?? 0, total: total)
        return TokenEvent(
            index: index, id: choice.token, bytes: bytes(choice.token), path: choice.path,
            probability: choice.decision?.probability ?? (choice.path == .side ? 1 : 0),
            effect: choice.decision?.effect,
            threshold: settings.threshold, price: settings.price ?? plugin?.price ?? 0, milliseconds: times,
            simulated: exchange?.simulated ?? false, bytesUp: exchange?.bytesUp ?? 0,
            bytesDown: exchange?.bytesDown ?? 0)
    }
}
