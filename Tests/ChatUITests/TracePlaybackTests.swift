import Chat
import ChatUI
import Screen
import Testing

/// Two questions, at 100 and at 5000, each with two tokens after it.
private func trace() throws -> Trace {
    let lines = [
        #"{"at":0,"event":"trace","number":1}"#, #"{"at":0,"event":"conversation"}"#,
        #"{"at":100,"event":"question","text":"One?","number":0}"#, #"{"at":300,"event":"reply_started","number":3}"#,
        #"{"at":1100,"event":"reply_ended","text":"end_of_turn"}"#,
        #"{"at":2100,"event":"question","text":"Two?","number":1}"#, #"{"at":2300,"event":"reply_started","number":9}"#,
        #"{"at":3100,"event":"reply_ended","text":"end_of_turn"}"#,
    ]
    return try Trace(reading: Array(lines.joined(separator: "\n").utf8))
}

private func texts(_ lines: ArraySlice<TraceLine>) -> [String] { lines.map(\.event.rawValue) }

@Test func linesAreDueAtTheirTime() throws {
    var playback = TracePlayback(try trace(), speed: 1, at: 1000)
    #expect(texts(playback.take(at: 1000)) == ["conversation"])
    #expect(playback.wait(at: 1000) == 100 && playback.wait(at: 1040) == 60)
    #expect(playback.take(at: 1099).isEmpty)
    #expect(texts(playback.take(at: 1400)) == ["question", "reply_started"])
    #expect(playback.take(at: 1400).isEmpty && playback.played == 3)
    #expect(playback.take(at: 9000).count == 4)
    #expect(playback.isOver && playback.wait(at: 9000) == nil)
}

@Test func aPauseStopsTheClockAndSpeedTurnsIt() throws {
    var playback = TracePlayback(try trace(), speed: 2, at: 0)
    #expect(playback.take(at: 50).count == 2)
    #expect(playback.perform(.pause(true), at: 60) == nil)
    #expect(playback.wait(at: 500) == nil && playback.take(at: 99_999).isEmpty)
    #expect(playback.perform(.speed(4), at: 100_000) == nil)
    #expect(playback.perform(.pause(false), at: 100_000) == nil)
    // 120 of the trace had passed; the next line is at 300.
    #expect(playback.wait(at: 100_000) == 45)
    #expect(texts(playback.take(at: 100_045)) == ["reply_started"])
    // A clock that goes back plays nothing twice.
    #expect(playback.take(at: 0).isEmpty)
}

@Test func stepsGoFromQuestionToQuestion() throws {
    var playback = TracePlayback(try trace(), speed: 1, at: 0)
    func step(_ step: Int, at now: Double) -> [String] {
        texts(playback.perform(.step(step), at: now) ?? [])
    }
    let toFirst = ["conversation", "question"]
    let toSecond = toFirst + ["reply_started", "reply_ended", "question"]
    #expect(step(1, at: 0) == toFirst)
    #expect(step(1, at: 10) == toSecond)
    // The time of the question it is at once.
    #expect(playback.wait(at: 10) == 200)
    #expect(step(1, at: 20).count == 7 && playback.isOver)
    // Long after a question it is that one again, right after it the one before.
    #expect(step(-1, at: 5000) == toSecond)
    #expect(step(-1, at: 5100) == toFirst)
    #expect(step(-1, at: 5200) == [] && playback.wait(at: 5200) == 0)
    _ = playback.perform(.pause(true), at: 5200)
    #expect(step(1, at: 6000) == toFirst)
    #expect(step(1, at: 7000) == toSecond)
    #expect(step(-1, at: 8000) == toFirst)
}

/// A quick answer that has been seen is gone back to, however little time it took.
@Test func whileItStandsStillOnlyAQuestionWithoutAnAnswerIsSkipped() throws {
    var playback = TracePlayback(try trace(), speed: 4, at: 0)
    #expect(playback.take(at: 600).count == 6)
    _ = playback.perform(.pause(true), at: 600)
    #expect(texts(playback.perform(.step(-1), at: 700) ?? []).count == 5)
    #expect(texts(playback.perform(.step(-1), at: 800) ?? []) == ["conversation", "question"])
}

private func replaying() throws -> State {
    var settings = ChatSettings(size: Size(columns: 80, rows: 24))
    settings.isReplay = true
    var state = State(settings: settings)
    for line in try trace().lines { _ = update(&state, .replayed(line)) }
    return state
}

@Test func keysSteerAReplayWhileNothingIsWritten() throws {
    var state = try replaying()
    #expect(update(&state, .key(.character(" "))) == [.replay(.pause(true))])
    #expect(state.frame().textPlane().contains("replay, paused"))
    #expect(update(&state, .key(.character("+"))) == [.replay(.speed(2))])
    #expect(state.frame().textPlane().contains("replay 2×, paused"))
    #expect(update(&state, .key(.character(" "))) == [.replay(.pause(false))])
    #expect(update(&state, .key(.character("-"))) == [.replay(.speed(1))])
    #expect(update(&state, .key(.left)) == [.replay(.step(-1))])
    #expect(update(&state, .key(.right)) == [.replay(.step(1))])
    for key in [Key.character("/"), .character("a"), .character(" "), .left, .character("-")] {
        #expect(update(&state, .key(key)) == [])
    }
    #expect(state.editor.text == "/a- ")
    // In a chat the same keys write.
    var chat = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    #expect(update(&chat, .key(.character(" "))) == [] && chat.editor.text == " ")
}

@Test func aJumpShowsWhatHadHappenedTillThen() throws {
    var state = try replaying()
    #expect(state.conversation.turns.count == 2)
    #expect(update(&state, .replayJumped(Array(try trace().lines.prefix(2)))) == [])
    #expect(state.conversation.turns.map(\.question) == ["One?"] && state.isReplying)
    #expect(update(&state, .replayJumped([])) == [])
    #expect(state.conversation.turns.isEmpty && !state.isReplying)
}
