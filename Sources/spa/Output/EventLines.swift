import SPAEngine

/// The lines of `spa run --json`.
enum EventLines {
    /// One token; `text` is what it completes, so that the texts together are the answer.
    static func token(_ event: TokenEvent, text: String) -> JSON {
        .object([
            ("event", .string("token")), ("index", .integer(event.index)), ("id", .integer(Int(event.id))),
            ("text", .string(text)), ("path", .string(event.path.rawValue)),
            ("probability", .float(event.probability)), ("effect", event.effect.map(JSON.float) ?? .null),
            ("threshold", .float(event.threshold)), ("milliseconds", parts(event.milliseconds)),
            ("bytes", bytes(up: event.bytesUp, down: event.bytesDown)),
            ("transmissions", .integer(event.transmissions)),
            ("fallback", event.fallback.map { .string($0.rawValue) } ?? .null),
        ])
    }

    /// The end.
    static func summary(_ summary: GenerationSummary) -> JSON {
        let ledger = summary.ledger
        return .object([
            ("event", .string("summary")), ("tokens", .integer(ledger.tokens)),
            ("side_tokens", .integer(ledger.sideTokens)), ("usage_percent", .rounded(ledger.usagePercent)),
            ("transmissions", .integer(ledger.transmissions)), ("prompt_tokens", .integer(summary.promptTokens)),
            ("first_token_ms", summary.firstTokenMilliseconds.map { .rounded($0) } ?? .null),
            ("tokens_per_second", .rounded(summary.tokensPerSecond)), ("milliseconds", parts(ledger.milliseconds)),
            ("bytes", bytes(up: ledger.bytesUp, down: ledger.bytesDown)),
            ("stop", .string(stop(summary.stop))), ("prompt_exchanges", exchanges(summary.promptExchanges)),
        ])
    }

    /// A full context is a length too.
    private static func stop(_ reason: StopReason) -> String {
        reason == .context ? StopReason.length.rawValue : reason.rawValue
    }

    private static func parts(_ times: PartTimes) -> JSON {
        .object([
            ("base", .rounded(times.base, 4)), ("device", .rounded(times.device, 4)),
            ("uplink", .rounded(times.uplink, 4)), ("downlink", .rounded(times.downlink, 4)),
            ("total", .rounded(times.total, 4)),
        ])
    }

    private static func exchanges(_ cost: ExchangeCost) -> JSON {
        .object([
            ("transmissions", .integer(cost.transmissions)), ("network_ms", .rounded(cost.networkMilliseconds, 4)),
            ("bytes", bytes(up: cost.bytesUp, down: cost.bytesDown)),
        ])
    }

    private static func bytes(up: Int, down: Int) -> JSON {
        .object([("up", .integer(up)), ("down", .integer(down))])
    }
}
