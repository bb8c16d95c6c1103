import Chat
import SPAEngine

/// The lines of `spa run --json`.
enum EventLines {
    /// One token; `text` is what it completes, so that the texts together are the answer.
    static func token(_ event: TokenEvent, text: String) -> JSON {
        ReplyLines.token(TokenRecord(event), text: text)
    }

    /// So many of the last tokens are no part of the answer any more.
    static func retracted(_ tokens: Int) -> JSON {
        ReplyLines.retracted(tokens)
    }

    /// The end.
    static func summary(_ summary: GenerationSummary) -> JSON {
        let ledger = summary.ledger
        return .object([
            ("event", .string("summary")), ("tokens", .integer(ledger.tokens)),
            ("side_tokens", .integer(ledger.sideTokens)), ("usage_percent", .rounded(ledger.usagePercent)),
            ("transmissions", .integer(ledger.transmissions)), ("prompt_tokens", .integer(summary.promptTokens)),
            ("first_token_ms", summary.firstTokenMilliseconds.map { .rounded($0) } ?? .null),
            ("tokens_per_second", .rounded(summary.tokensPerSecond)),
            ("milliseconds", ReplyLines.parts(Chat.PartTimes(ledger.milliseconds))),
            ("bytes", ReplyLines.bytes(up: ledger.bytesUp, down: ledger.bytesDown)),
            ("stop", .string(stop(summary.stop))),
            ("prompt_exchanges", ReplyLines.exchanges(PromptExchanges(summary.promptExchanges))),
        ])
    }

    /// A full context is a length too.
    private static func stop(_ reason: SPAEngine.StopReason) -> String {
        reason == .context ? SPAEngine.StopReason.length.rawValue : reason.rawValue
    }
}
