import Compute

/// One reply by beam search: cloud and device continue all beams together, and the gate decides in each.
///
/// Each beam is a cloud of its own that shares what it has read with the others. On the fast path all beams read their next
/// token in one pass; the states of those that go to the device go in one exchange. A token is shown when every
/// text that can still win begins with it.
struct BeamReply {
    private let reply: GenerationReply
    private let roles: GenerationReply.Roles
    private var search: BeamSearch
    private var clouds: [CloudRole]
    private var positions: [CloudRole.Position]
    /// What each step of all beams took.
    private var steps: [Step] = []
    /// The best finished text, to go on from in the next turn.
    private var winner: CloudRole?
    private var sequence: UInt32 = 0

    private struct Step {
        var settings: GenerationSettings
        var total: Double
        /// When it ended, on the clock.
        var end: Double
        var cost = ExchangeCost()
        var waited = 0.0
        /// Why the base spoke where the side was to.
        var fallback: Fallback?
    }

    /// A search that begins where the prompt ends.
    init(
        _ reply: GenerationReply, _ options: BeamOptions, roles: GenerationReply.Roles,
        from position: CloudRole.Position
    ) {
        self.reply = reply
        self.roles = roles
        search = BeamSearch(
            options, ends: reply.options.stopsAtEndOfTurn ? reply.endOfTurn : [],
            greatestLength: min(reply.options.maximumTokens, roles.cloud.room + 1))
        clouds = [roles.cloud]
        positions = [position]
    }

    /// Searches to the end, or until cancelled; then the best text so far is the reply.
    /// - Parameter start: when the prompt had been read, on the clock.
    mutating func run(start: Double, summary: inout GenerationSummary) throws(EngineError) {
        var (last, isCancelled) = (start, false)
        while !search.isOver {
            var step = Step(settings: reply.control.settings, total: 0, end: last)
            guard !reply.control.isCancelled, let continuations = try continuations(&step),
                !reply.control.isCancelled
            else {
                isCancelled = true
                break
            }
            let parents = search.step(continuations)
            step.end = reply.clock.now()
            step.total = step.end - last
            last = step.end
            steps.append(step)
            try keepWinner()
            say(search.newlyCertain(), &summary)
            guard !search.isOver else { break }
            clouds = try CloudRole.continued(clouds, parents)
            if reply.actsInBlocks { roles.link?.profile = reply.control.settings.network }
            guard let read = try CloudRole.read(clouds, search.beams.compactMap { $0.tokens.last?.id }) else {
                isCancelled = true
                break
            }
            positions = read
        }
        search.end()
        say(search.newlyCertain(), &summary)
        for step in steps.dropFirst(summary.ledger.tokens) { summary.ledger.record(times(step), step.cost) }
        if isCancelled {
            summary.stop = .cancelled
        } else if search.best.endedTurn {
            summary.stop = .endOfTurn
        } else {
            summary.stop = summary.ledger.tokens < reply.options.maximumTokens ? .context : .length
        }
        if let first = steps.first?.end, last > first {
            summary.tokensPerSecond = 1000 * Double(max(0, summary.ledger.tokens - 1)) / (last - first)
        }
        if let text = winner ?? clouds.first { try roles.cloud.become(text) }
    }

    /// What can follow each beam; nil where interrupted.
    private mutating func continuations(_ step: inout Step) throws(EngineError) -> [BeamSearch.Continuations]? {
        let count = search.candidateCount
        if let exchanges = roles.exchanges {
            (step.cost, step.waited) = exchanges.takeCost()
            return roles.cloud.candidates(at: positions, count: count).map {
                BeamSearch.Continuations(path: .side, decision: nil, candidates: $0)
            }
        }
        let settings = step.settings
        var result = positions.map { _ in BeamSearch.Continuations(path: .base, decision: nil, candidates: []) }
        var asked: [Int] = []
        if let plugin = reply.ready?.plugin, roles.link != nil, settings.mode != .base {
            for (index, position) in positions.enumerated() {
                let price = settings.price ?? plugin.price
                let decision = roles.cloud.decide(position, price: price)?.about(reply.subject, price: price)
                result[index].decision = decision
                if settings.asksSide(decision) { asked.append(index) }
            }
        }
        if settings.isOffline, !asked.isEmpty { (step.fallback, asked) = (.offline, []) }
        speakAlone(positions.indices.filter { !asked.contains($0) }, &result)
        guard !asked.isEmpty, let link = roles.link else { return result }
        link.profile = settings.network
        let question = BeamStateFrame(
            sequence: sequence, candidates: count,
            states: asked.map { StateFrame(positions[$0], sequence: sequence) })
        sequence &+= 1
        let start = reply.clock.now()
        let outcome = try link.exchange(
            question, interruption: reply.control.interruption, deadline: settings.deadline)
        step.waited = reply.clock.now() - start
        let exchange: LinkExchange<CandidateFrame>
        switch outcome {
        case .answered(let found): exchange = found
        case .late(let cost):
            (step.cost, step.fallback) = (cost, .deadline)
            speakAlone(asked, &result)
            return result
        case .interrupted: return nil
        }
        step.cost = exchange.cost
        guard exchange.reply.candidates.count == asked.count else {
            throw .badFrame(
                problem: "continuations of \(exchange.reply.candidates.count) beams, asked were \(asked.count)")
        }
        for (index, candidates) in zip(asked, exchange.reply.candidates) {
            (result[index].path, result[index].candidates) = (.side, candidates)
        }
        return result
    }

    /// The base's own continuations of some beams.
    private func speakAlone(_ beams: [Int], _ result: inout [BeamSearch.Continuations]) {
        let count = search.candidateCount
        for (index, candidates) in zip(beams, roles.cloud.candidates(at: beams.map { positions[$0] }, count: count)) {
            result[index].candidates = candidates
        }
    }

    /// Keeps what the best finished text has read, if it ended in this step.
    private mutating func keepWinner() throws(EngineError) {
        guard let best = search.finished.first, best.tokens.count + (best.endedTurn ? 1 : 0) == steps.count else {
            return
        }
        winner = try clouds[best.parent].fork()
    }

    private func say(_ tokens: ArraySlice<BeamSearch.Token>, _ summary: inout GenerationSummary) {
        for token in tokens {
            let step = steps[summary.ledger.tokens]
            let wanted = step.settings.asksSide(token.decision)
            let choice = GenerationReply.Choice(
                token: token.id, path: token.path, decision: token.decision, cost: step.cost,
                fallback: token.path == .base && wanted ? step.fallback : nil, waited: step.waited)
            let event = reply.event(
                choice, index: summary.ledger.tokens, settings: step.settings, total: step.total)
            if summary.firstTokenMilliseconds == nil {
                summary.firstTokenMilliseconds = reply.clock.now() - reply.asked
            }
            summary.ledger.record(event)
            reply.emit(.token(event))
        }
    }

    private func times(_ step: Step) -> PartTimes {
        PartTimes(
            base: max(0, step.total - step.waited), device: step.cost.deviceMilliseconds,
            uplink: step.cost.uplinkMilliseconds, downlink: step.cost.downlinkMilliseconds, total: step.total)
    }
}
