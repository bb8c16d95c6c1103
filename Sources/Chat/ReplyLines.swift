/// The lines of `spa run --json`: one event each. An exported conversation has the same.
public enum ReplyLines {
    /// One token.
    ///
    /// - Parameter text: what it completes, so that the texts together are the answer.
    public static func token(_ token: TokenRecord, text: String) -> JSON {
        .object([
            ("event", .string("token")), ("index", .integer(token.index)), ("id", .integer(Int(token.id))),
            ("text", .string(text)), ("path", .string(token.path.rawValue)),
            ("probability", .float(token.probability)), ("effect", token.effect.map(JSON.float) ?? .null),
            ("threshold", .float(token.threshold)), ("milliseconds", parts(token.milliseconds)),
            ("bytes", bytes(up: token.bytesUp, down: token.bytesDown)),
            ("transmissions", .integer(token.transmissions)), ("fallback", .optional(token.fallback?.rawValue)),
        ])
    }

    /// So many of the last tokens are no part of the answer any more.
    public static func retracted(_ tokens: Int) -> JSON {
        .object([("event", .string("retracted")), ("tokens", .integer(tokens))])
    }

    /// The end of a reply, from its tokens.
    static func summary(_ reply: Reply) -> JSON {
        let metrics = Metrics(reply)
        var fields: [(String, JSON)] = [
            ("event", .string("summary")), ("tokens", .integer(metrics.tokens)),
            ("side_tokens", .integer(metrics.sideTokens)),
            ("usage_percent", metrics.usagePercent.map { .rounded($0) } ?? .null),
            ("transmissions", .integer((reply.tokens + reply.retracted).reduce(0) { $0 + $1.transmissions })),
            ("prompt_tokens", reply.promptTokens.map(JSON.integer) ?? .null),
            ("first_token_ms", reply.firstTokenMilliseconds.map { .rounded($0) } ?? .null),
            ("tokens_per_second", metrics.tokensPerSecond.map { .rounded($0) } ?? .null),
            ("milliseconds", parts(metrics.sums)),
            ("bytes", bytes(up: metrics.bytesUp, down: metrics.bytesDown)),
            ("stop", reply.stop.map { .string($0.rawValue) } ?? .null),
        ]
        if let prompt = reply.promptExchanges { fields.append(("prompt_exchanges", exchanges(prompt))) }
        if let failure = reply.failure { fields.append(("failure", .string(failure))) }
        return .object(fields)
    }

    /// What reading the prompt took.
    public static func exchanges(_ prompt: PromptExchanges) -> JSON {
        .object([
            ("transmissions", .integer(prompt.transmissions)), ("network_ms", .rounded(prompt.networkMilliseconds, 4)),
            ("bytes", bytes(up: prompt.bytesUp, down: prompt.bytesDown)),
        ])
    }

    /// Milliseconds by part.
    public static func parts(_ times: PartTimes) -> JSON {
        .object([
            ("base", .rounded(times.base, 4)), ("device", .rounded(times.device, 4)),
            ("uplink", .rounded(times.uplink, 4)), ("downlink", .rounded(times.downlink, 4)),
            ("total", .rounded(times.total, 4)),
        ])
    }

    /// Bytes by direction.
    public static func bytes(up: Int, down: Int) -> JSON {
        .object([("up", .integer(up)), ("down", .integer(down))])
    }
}
