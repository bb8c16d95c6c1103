import Chat
import Screen

/// A walk over the tokens of the replies, with everything that is known of the one that is marked.
struct InspectorOverlay: OverlayView {
    /// The token.
    private(set) var place: TokenPlace
    /// What to ask the engine of it.
    private(set) var question: TokenQuestion?

    /// Tokens down a road that was not taken.
    static let roadLength = 24

    var placement: OverlayPlacement { .beside(rows: 13) }
    var keyBar: [(key: String, word: String)] { Self.keys.bar }

    enum Move: Sendable, Equatable {
        case previous, next, rowUp, rowDown, previousReply, nextReply, first, last
        case nextSide, previousSide, nextNear, previousNear
        case road, copy, close
    }

    static let keys = OverlayKeys<Move>(
        title: "In the inspector",
        rows: [
            .init(.next, [.right], "→", "", "next token"),
            .init(.previous, [.left], "←", "walk", "token before"),
            .init(.rowUp, [.up], "↑", "", "token above"),
            .init(.rowDown, [.down], "↓", "", "token below"),
            .init(.nextSide, [.character("s"), .tab], "s", "side", "next side token"),
            .init(.previousSide, [.character("S"), .backTab], "S", "", "side token before"),
            .init(.nextNear, [.character("t")], "t", "near", "next token whose probability is near the threshold"),
            .init(.previousNear, [.character("T")], "T", "", "such a token before"),
            .init(.road, [.character("g")], "g", "instead", "go down the other path; again to take it away"),
            .init(.copy, [.character("y")], "y", "copy", "copy the token's figures"),
            .init(.nextReply, [.pageDown], "PgDn", "reply", "next reply"),
            .init(.previousReply, [.pageUp], "PgUp", "", "reply before"),
            .init(.first, [.home], "Home", "", "first token of the reply"),
            .init(.last, [.end], "End", "", "last token of the reply"),
            .init(.close, [.escape, .character("q"), .enter], "Esc", "close", "back to the conversation"),
        ])

    /// An inspector at a token.
    init(at place: TokenPlace, _ conversation: Conversation) {
        self.place = place
        question = conversation.question(turn: place.turn, token: place.token)
    }

    mutating func press(_ key: Key, _ state: inout State) -> OverlayOutcome {
        guard let move = Self.keys.id(of: key) else {
            let outcome = state.outcomeBeside(key)
            switch outcome {
            case .close, .closeAndHandOn:
                let effects = state.closeInspector()
                if case .close = outcome { return .close(effects) }
                return .closeAndHandOn(effects)
            default: return outcome
            }
        }
        switch move {
        case .close: return .close(state.closeInspector())
        case .road: return .stay(state.toggleRoad(at: place, question))
        case .copy:
            guard let token = state.token(at: place) else { return .stay() }
            state.say(.information, "Copied the token's figures.")
            return .stay([.copy(token.row)])
        default: break
        }
        guard let target = Self.target(of: move, from: place, &state), target != place else {
            switch move {
            case .nextSide, .previousSide: state.say(.information, "No further word of the side there.")
            case .nextNear, .previousNear: state.say(.information, "No further token near it there.")
            default: break
            }
            return .stay()
        }
        self = InspectorOverlay(at: target, state.conversation)
        return .stay(state.walked(to: self))
    }

    /// Where a move leads; nil where there is nothing in that direction.
    static func target(of move: Move, from place: TokenPlace, _ state: inout State) -> TokenPlace? {
        let walk = TokenWalk(state.conversation)
        switch move {
        case .next: return walk.next(after: place) { _ in true }
        case .previous: return walk.previous(before: place) { _ in true }
        case .nextSide: return walk.next(after: place, where: GateSearch.side.fits)
        case .previousSide: return walk.previous(before: place, where: GateSearch.side.fits)
        case .nextNear: return walk.next(after: place, where: GateSearch.near.fits)
        case .previousNear: return walk.previous(before: place, where: GateSearch.near.fits)
        case .first: return TokenPlace(turn: place.turn, token: 0)
        case .last: return walk.last(of: place.turn)
        case .nextReply: return walk.nextReply(after: place.turn)
        case .previousReply: return walk.previousReply(before: place.turn)
        case .rowUp: return state.tokenInRow(from: place, step: -1)
        case .rowDown: return state.tokenInRow(from: place, step: 1)
        case .road, .copy, .close: return nil
        }
    }
}

/// Steps over the tokens of all replies, in order.
struct TokenWalk {
    private let turns: [Turn]

    init(_ conversation: Conversation) { turns = conversation.turns }

    private func tokens(_ turn: Int) -> [TokenRecord] { turns[turn].reply.tokens }

    func next(after place: TokenPlace, where fits: (TokenRecord) -> Bool) -> TokenPlace? {
        var first = place.token + 1
        for turn in turns.indices.dropFirst(place.turn) {
            let tokens = tokens(turn)
            if first < tokens.count, let index = tokens[first...].firstIndex(where: fits) {
                return TokenPlace(turn: turn, token: index)
            }
            first = 0
        }
        return nil
    }

    func previous(before place: TokenPlace, where fits: (TokenRecord) -> Bool) -> TokenPlace? {
        var end = place.token
        for turn in turns.indices.prefix(place.turn + 1).reversed() {
            let tokens = tokens(turn)
            if let index = tokens[..<min(end, tokens.count)].lastIndex(where: fits) {
                return TokenPlace(turn: turn, token: index)
            }
            end = .max
        }
        return nil
    }

    func last(of turn: Int) -> TokenPlace? {
        guard turns.indices.contains(turn), !tokens(turn).isEmpty else { return nil }
        return TokenPlace(turn: turn, token: tokens(turn).count - 1)
    }

    func nextReply(after turn: Int) -> TokenPlace? {
        turns.indices.dropFirst(turn + 1).first { !tokens($0).isEmpty }.map { TokenPlace(turn: $0, token: 0) }
    }

    func previousReply(before turn: Int) -> TokenPlace? {
        turns.indices.prefix(turn).last { !tokens($0).isEmpty }.map { TokenPlace(turn: $0, token: 0) }
    }
}

extension State {
    /// The account of a token; nil where there is none.
    func token(at place: TokenPlace) -> TokenRecord? {
        guard conversation.turns.indices.contains(place.turn) else { return nil }
        let tokens = conversation.turns[place.turn].reply.tokens
        return tokens.indices.contains(place.token) ? tokens[place.token] : nil
    }

    /// Opens the inspector at a token, or at the beginning of the last answer.
    mutating func openInspector(at place: TokenPlace? = nil) -> [Effect] {
        let last = conversation.turns.indices.last { !conversation.turns[$0].reply.tokens.isEmpty }
        guard let start = place ?? last.map({ TokenPlace(turn: $0, token: 0) }), token(at: start) != nil else {
            return []
        }
        let inspector = InspectorOverlay(at: start, conversation)
        overlay = inspector
        return walked(to: inspector)
    }

    /// Marks the token, keeps it in view, and asks the engine what is not known of it yet.
    mutating func walked(to inspector: InspectorOverlay) -> [Effect] {
        decoration.marked = inspector.place
        reveal(inspector.place)
        return ask(inspector.question)
    }

    /// One question at a time: whoever walks fast asks of the last token alone.
    mutating func ask(_ question: TokenQuestion?) -> [Effect] {
        guard let question, engineInfo != nil, !isReplying, instrument.asked == nil,
            instrument.inspections[question] == nil, instrument.failed?.question != question
        else { return [] }
        if isReplay {
            instrument.failed = (question, "A replay has no model to ask.")
            return []
        }
        instrument.asked = question
        return [.instrument(.inspect(question))]
    }

    mutating func closeInspector() -> [Effect] {
        decoration.marked = nil
        return endRoad()
    }

    // MARK: The road that was not taken

    /// Walks down the other path at a token, or takes the road away that was walked there.
    mutating func toggleRoad(at place: TokenPlace, _ question: TokenQuestion?) -> [Effect] {
        let shown = instrument.road?.place
        var effects = endRoad()
        guard shown != place, let question, let token = token(at: place) else { return effects }
        guard !isReplying else {
            say(.warning, "The engine writes the answer; go down another path when it has ended.")
            return effects
        }
        guard !isReplay else {
            say(.warning, Self.replayObstacle)
            return effects
        }
        guard engineInfo != nil, mayHavePlugin else {
            say(.warning, "No plugin is loaded: there is no other path.")
            return effects
        }
        let road = RoadQuestion(
            token: question, path: token.path == .base ? .side : .base, count: InspectorOverlay.roadLength)
        instrument.road = Road(
            question: road, place: place, chosen: TokenText.shown(token.bytes, id: token.id))
        showRoad()
        effects.append(.instrument(.walk(road)))
        return effects
    }

    private mutating func endRoad() -> [Effect] {
        guard let road = instrument.road else { return [] }
        decoration.ghosts[road.place.turn] = nil
        instrument.road = nil
        return road.isRunning ? [.instrument(.stop)] : []
    }

    mutating func showRoad() {
        guard let road = instrument.road else { return }
        decoration.ghosts[road.place.turn] = road.ghost
    }

    // MARK: Answers

    /// Takes what the engine says to the instrument.
    mutating func instrumentChanged(_ event: InstrumentEvent) -> [Effect] {
        switch event {
        case .inspected(let question, let inspection):
            // What was asked of a plugin before this one is nobody's any more.
            if question == instrument.asked { instrument.keep(inspection, of: question) }
            return askNext(after: question)
        case .inspectionFailed(let question, let reason):
            instrument.failed = (question, reason)
            return askNext(after: question)
        case .roadToken(let question, let token):
            guard instrument.road?.question == question else { return [] }
            instrument.road?.tokens.append(token)
            showRoad()
        case .roadEnded(let question, let failure):
            guard instrument.road?.question == question else { return [] }
            instrument.road?.isRunning = false
            instrument.road?.failure = failure
            showRoad()
        case .compared, .comparisonRetracted, .comparisonEnded: comparisonChanged(event)
        }
        return []
    }

    private mutating func askNext(after question: TokenQuestion) -> [Effect] {
        if instrument.asked == question { instrument.asked = nil }
        return ask((overlay as? InspectorOverlay)?.question)
    }
}

extension TokenRecord {
    /// The account as one line of named figures, for the clipboard.
    var row: String {
        let times = milliseconds
        let parts: [String] = [
            "index=\(index)", "id=\(id)", "text=\(TokenText.shown(bytes, id: id))", "path=\(path.rawValue)",
            "probability=\(probability)", "threshold=\(threshold)", "effect=\(effect.map { "\($0)" } ?? "")",
            "price=\(price)", "base_ms=\(times.base)", "device_ms=\(times.device)", "uplink_ms=\(times.uplink)",
            "downlink_ms=\(times.downlink)", "total_ms=\(times.total)", "bytes_up=\(bytesUp)",
            "bytes_down=\(bytesDown)", "exchanges=\(transmissions)", "fallback=\(fallback?.rawValue ?? "")",
        ]
        return parts.joined(separator: "\t")
    }
}
