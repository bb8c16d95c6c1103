import Chat
import Testing

private func token(_ index: Int, _ text: String, _ path: TokenPath = .base, total: Double = 8) -> TokenRecord {
    let times =
        path == .base
        ? PartTimes(base: total) : PartTimes(base: 5, device: 1, uplink: 2, downlink: total - 8, total: total)
    return TokenRecord(
        index: index, id: Int32(index), bytes: Array(text.utf8), path: path, probability: path == .side ? 0.9 : 0.1,
        milliseconds: times, simulated: path == .side, bytesUp: path == .side ? 20 : 0,
        bytesDown: path == .side ? 1000 : 0)
}

@Test func anEmptyReplyHasNoFigures() {
    let metrics = Metrics(Reply())
    #expect(metrics.usagePercent == nil && metrics.medianMilliseconds == nil && metrics.tokensPerSecond == nil)
    #expect(metrics.percentile95Milliseconds == nil && metrics.firstTokenMilliseconds == nil)
}

@Test func figuresOfAReply() {
    var reply = Reply()
    reply.firstTokenMilliseconds = 120
    reply.append(token(0, "a", total: 100))
    for index in 1...4 { reply.append(token(index, " b", index == 2 ? .side : .base, total: index == 2 ? 60 : 10)) }
    reply.end(.cancelled)
    let metrics = Metrics(reply)
    #expect(metrics.tokens == 5 && metrics.sideTokens == 1)
    #expect(metrics.usagePercent == 20)
    #expect(metrics.medianMilliseconds == 10)
    #expect(metrics.percentile95Milliseconds == 60)
    // four tokens in 90 ms: the first one, which waited for the prompt, does not count
    #expect(abs((metrics.tokensPerSecond ?? 0) - 4000.0 / 90) < 1e-9)
    #expect(metrics.sums == PartTimes(base: 135, device: 1, uplink: 2, downlink: 52, total: 190))
    #expect(metrics.bytesUp == 20 && metrics.bytesDown == 1000 && metrics.simulated)
    #expect(
        reply.figures == "5 tokens · 20.0 % side · first token 120 ms · 44.4 tokens/s · network simulated · stopped")
}

@Test func percentilesAreNearestRank() {
    #expect(Metrics.percentile(95, ofSorted: (1...100).map(Double.init)) == 95)
    #expect(Metrics.percentile(95, ofSorted: (1...20).map(Double.init)) == 19)
    #expect(Metrics.percentile(95, ofSorted: [7]) == 7)
    #expect(Metrics.median(ofSorted: [1, 2, 3, 10]) == 2.5)
}

@Test func theSparklineIsTheLastTokens() {
    var reply = Reply()
    for index in 0..<40 { reply.append(token(index, "x", index % 2 == 0 ? .base : .side)) }
    let values = reply.sparkline()
    #expect(values.count == 32)
    #expect(values.last == SparklineValue(path: .side, probability: 0.9))
}

@Test func tokensAfterTheEndAreIgnored() {
    var reply = Reply()
    reply.append(token(0, "a"))
    reply.end(.cancelled)
    reply.append(token(1, "b"))
    reply.end(.endOfTurn)
    #expect(reply.tokens.count == 1 && reply.stop == .cancelled && reply.text.string == "a")
}

@Test func thePromptLeavesUnansweredTurnsOut() {
    var conversation = Conversation(system: "Be brief.")
    var first = Turn(question: "One?")
    first.reply.append(token(0, "1"))
    first.reply.end(.endOfTurn)
    var failed = Turn(question: "Two?")
    failed.reply.end(.failed)
    var last = Turn(question: "Three?")
    last.system = "Be brief."
    conversation.turns = [first, failed, last]
    #expect(
        conversation.prompt == [
            .init(.system, "Be brief."), .init(.user, "One?"), .init(.assistant, "1"), .init(.user, "Three?"),
        ])
    // Other instructions from now on, and what is left out, are the next question's.
    conversation.system = "Be long."
    #expect(conversation.prompt.first == .init(.system, "Be brief."))
    conversation.turns[2].forgotten = 1
    #expect(conversation.prompt == [.init(.system, "Be brief."), .init(.user, "Three?")])
}

@Test func markdownExport() {
    var conversation = Conversation()
    conversation.title = "SPA"
    var turn = Turn(question: "What is\nSPA?")
    turn.reply.append(token(0, "A chat."))
    turn.reply.end(.endOfTurn)
    conversation.turns = [turn]
    #expect(
        conversation.markdown(facts: "Model tiny.") == """
            # SPA

            Model tiny.

            ## Question

            > What is
            > SPA?

            ## Answer

            A chat.

            *1 token · 0.0 % side · 125.0 tokens/s*

            """)
}

@Test func decimals() {
    #expect(DecimalText.text(0.05, digits: 1) == "0.1")
    #expect(DecimalText.text(-0.3, digits: 1) == "−0.3")
    #expect(DecimalText.text(-0.01, digits: 1) == "0.0")
    #expect(DecimalText.text(12, digits: 0) == "12")
    #expect(DecimalText.text(3.007, digits: 2) == "3.01")
    #expect(DecimalText.text(.nan, digits: 2) == "–" && DecimalText.text(.infinity, digits: 0) == "–")
}

/// What was taken back is no part of the answer; what it cost was spent.
@Test func tokensThatAreTakenBack() {
    var reply = Reply()
    for (index, word) in ["A", " ca", "t", " ca", "t"].enumerated() {
        reply.append(token(index, word, index == 2 || index == 4 ? .side : .base))
    }
    let whole = Metrics(reply)
    reply.retract(2)
    #expect(reply.text.string == "A cat" && reply.tokens.count == 3 && reply.retracted.map(\.index) == [3, 4])
    let metrics = Metrics(reply)
    #expect(metrics.tokens == 3 && metrics.sideTokens == 1 && metrics.sums == whole.sums)
    #expect(metrics.bytesDown == 2000 && metrics.bytesUp == 40)
    #expect(Crossing([reply]).bytesDown == 2000 && Crossing([reply]).crossed == 2)
    reply.end(.repetition)
    #expect(reply.figures.hasSuffix("stopped where it repeated itself"))
    reply.retract(1)
    #expect(reply.tokens.count == 3)
    var streaming = Reply()
    streaming.append(token(0, "a"))
    streaming.retract(-1)
    #expect(streaming.tokens.count == 1)
    streaming.retract(.max)
    #expect(streaming.tokens.isEmpty && streaming.text.isEmpty)
}
