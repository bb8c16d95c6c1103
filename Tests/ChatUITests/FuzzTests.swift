import Chat
import ChatUI
import Screen
import TestSupport
import Testing

/// Random keys, engine events and resizes: nothing traps, every frame fits, the legend is always there.
@Test(arguments: [1, 2, 3, 4] as [UInt64])
func randomSessions(_ seed: UInt64) {
    var random = TestRandom(seed: seed)
    var state = State(
        settings: ChatSettings(
            size: Size(columns: 80, rows: 24), themes: [builtinTheme, monochromeTheme],
            keeping: KeepingSettings(isOn: seed % 2 == 0, nameSeed: seed)))
    var clock = 0.0
    for step in 0..<5000 {
        let effects = update(&state, randomEvent(&random, &clock))
        if effects.contains(.stop), random.next() % 2 == 0 { _ = update(&state, .replyEnded(.cancelled)) }
        let region = layout(state.size, state)
        if !region.tooSmall {
            let window = Region(state.size)
            var parts =
                [region.title, region.transcript, region.input, region.keyBar, region.overlay]
                + region.panels.map(\.region)
            parts += [region.notice, region.status].compactMap { $0 }
            for part in parts where part.intersection(window) != part {
                Issue.record("step \(step): \(part) in \(state.size)")
            }
            if region.transcript.rows < 1 { Issue.record("step \(step): no transcript in \(state.size)") }
        }
        if step % 3 == 0 {
            let frame = state.frame()
            if frame.size != state.size { Issue.record("step \(step): \(frame.size), not \(state.size)") }
            if !region.tooSmall, !frame.stylePlane().contains("S") { Issue.record("step \(step): no legend") }
            if let cursor = frame.cursor, !Region(frame.size).contains(cursor) {
                Issue.record("step \(step): \(cursor)")
            }
        }
    }
}

/// What whoever trains might tell, whether or not somebody asked.
private func randomLesson(_ random: inout TestRandom) -> TeachingEvent {
    let number = random.pick([0, 0.5, 1, -3, 1e300, .nan, .infinity])
    let entry = TaughtEntry(
        question: random.pick(["", "Who?", "世界\nand\u{301} 👩‍🚀 " + String(repeating: "long ", count: 60)]),
        answer: random.pick(["", "Me.", "नि\n\n日本"]), earlier: random.pick(["", "Where?"]))
    return random.pick([
        .begun(TeachingContent(learned: [entry, entry], rows: random.pick([nil, 0, .max]))),
        .begun(TeachingContent(forgotten: entry)),
        .progress(
            TeachingProgress(
                phase: random.pick(["", "learning"]), step: random.pick([-1, 0, 2]), steps: random.pick([0, 4, .max]),
                fraction: number, epoch: random.pick([0, .max]), epochs: 3, loss: number, usagePercent: number,
                secondsLeft: number)),
        .trained(
            TeachingResult(
                answer: [], rows: 3, losses: (number, number), usagePercent: (number, number),
                unanswered: Array(repeating: entry.name, count: Int(random.next() % 7)))),
        .failed(""), .dropped(entry), .listed([]), .listed([entry, entry, entry]),
    ])
}

private func randomEvent(_ random: inout TestRandom, _ clock: inout Double) -> Event {
    let texts = [
        "a", " ", "/", "?", "世", "👩‍🚀", "\u{301}", "\n", "word ", "é", "\u{1B}", "नि", "|", "/network 4g", "/price 1",
        "/teach ", "again", "list", "forget 1",
    ]
    switch random.next() % 20 {
    case 0: return .resize(Size(columns: Int(random.next() % 220), rows: Int(random.next() % 70)))
    case 1: return .resize(Size(columns: 30 + Int(random.next() % 100), rows: 8 + Int(random.next() % 30)))
    case 2:
        clock += Double(random.next() % 3000)
        return .tick(milliseconds: clock)
    case 3: return random.pick([.loading("x"), .engineFailed("no model"), .notice("saved"), .warning("not saved")])
    case 4:
        return .engineReady(
            EngineInfo(modelName: random.pick(["m", "模型"]), pluginName: random.pick([nil, "p"]), contextLength: 300))
    case 5: return .replyStarted(promptTokens: Int(random.next() % 300))
    case 6 where random.next() % 3 == 0:
        return .promptRead(
            PromptExchanges(
                transmissions: random.pick([0, 60]), bytesUp: 1, bytesDown: 1 << 40,
                networkMilliseconds: random.pick([0, .nan, .infinity])))
    case 6:
        return random.next() % 6 == 0
            ? random.pick([
                .replyEnded(.endOfTurn), .replyEnded(.length), .replyEnded(.repetition), .retracted(2), .retracted(-1),
                .retracted(.max),
            ]) : .firstToken(milliseconds: 3)
    case 7 where random.next() % 3 == 0: return .teaching(randomLesson(&random))
    case 7 where random.next() % 3 == 0:
        return .submitted(random.pick(["/teach again", "/teach forget 1", "/teach", "/teach list"]))
    case 7:
        return random.next() % 9 == 0
            ? .failed("broken") : .networkChanged(NetworkStatus(name: "host:1", simulated: false))
    case 8...11:
        let bytes = Array(random.pick(texts).utf8) + (random.next() % 5 == 0 ? [UInt8(random.next() % 256)] : [])
        return .token(
            TokenRecord(
                index: 0, id: 0, bytes: bytes, path: random.pick([.base, .side]),
                probability: random.pick([0, 0.5, 1, .nan, -3, 1e9]),
                milliseconds: PartTimes(base: random.pick([0, 5, 1e9, .nan, .infinity, -1])), bytesDown: 1000,
                sigma: random.pick([nil, 0.5, .nan])))
    case 12 where random.next() % 2 == 0:
        let question = TokenQuestion(messages: [], before: [], id: 0, price: 0)
        let road = RoadQuestion(token: question, path: .side, count: 3)
        return .instrument(
            random.pick([
                .inspected(question, TokenInspection(base: [], side: [], baseLoss: .nan, sideLoss: .infinity)),
                .inspectionFailed(question, "no memory"),
                .compared(
                    ComparisonQuestion(run: 1 + Int(random.next() % 3), messages: []),
                    random.pick([.base, .side, .gated]), TokenRecord(index: 0, id: 3, bytes: [0x41], path: .side)),
                .comparisonEnded(
                    ComparisonQuestion(run: 1 + Int(random.next() % 3), messages: []), .side, .failed, "no"),
                .roadToken(road, TokenRecord(index: 0, id: 0, bytes: [0xE2], path: .side)), .roadEnded(road, nil),
            ]))
    case 12 where random.next() % 3 == 0: return .store(randomAnswer(&random))
    case 12: return .key(.paste(random.pick(texts) + random.pick(texts)))
    case 13, 14: return .key(.enter)
    case 15:
        return .key(
            .character(Character(random.pick(["a", "?", "/", "世", "q", " ", "s", "t", "g", "o", "x", "c", "7", "."]))))
    default:
        let keys =
            Action.all.filter { ![.endOfInput].contains($0.id) }.flatMap(\.keys) + [.unknown, .backTab, .control("d")]
        return .key(random.pick(keys))
    }
}

@Test func everySizeFits() {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .engineReady(EngineInfo(modelName: "m", pluginName: "p")))
    for columns in stride(from: 0, through: 210, by: 7) {
        for rows in 0...32 {
            _ = update(&state, .resize(Size(columns: columns, rows: rows)))
            #expect(state.frame().size == Size(columns: columns, rows: rows))
        }
    }
}

private func randomAnswer(_ random: inout TestRandom) -> StoreEvent {
    let id = ConversationID(rawValue: Int64(random.next() % 4))
    switch random.next() % 5 {
    case 0:
        return .listed(
            [
                .init(
                    id: id, title: random.pick(["", "世界", "a title"]), changed: random.pick([0, .nan, 1e300]), turns: 3)
            ])
    case 1:
        let hit = SearchHit(
            conversation: id, title: "t", turn: TurnID(rawValue: 1), isAnswer: true,
            excerpt: [.init(random.pick(["", "a", "世"]), isMatch: true)])
        return .found(random.pick(["a", "世", ""]), [hit])
    case 2: return .draft(random.pick(["", "draft", "👩‍🚀"]))
    case 3: return .warning("full")
    default:
        let records = (1...Int64(1 + random.next() % 5)).map { number in
            var turn = Turn(question: "q\(number)", id: TurnID(rawValue: number))
            turn.reply.append(TokenRecord(index: 0, id: 1, bytes: Array("a 世".utf8), path: .side))
            turn.reply.end(.endOfTurn)
            return TurnRecord(turn, after: random.next() % 2 == 0 ? TurnID(rawValue: number - 1) : nil)
        }
        return .opened(
            Conversation(id: id, title: "t", records: records),
            at: random.next() % 2 == 0 ? TurnID(rawValue: Int64(random.next() % 7)) : nil)
    }
}
