import Chat
import ChatUI
import Screen

/// A key script: what a person and the engine do, line by line, and where frames are compared.
///
/// ```
/// sizes 80x24 40x10          windows in which the script runs
/// type What is SPA?          keys, one a character
/// key Enter                  Enter Ctrl-J Esc Up F2 Alt-3 Ctrl-C PgUp …
/// paste one\ntwo             a bracketed paste
/// wheel up / wheel down      one step of the mouse's wheel
/// click 4 -3                 a click on a column and a row; from the right and from below where negative
/// click-on some words        a click on the first letter of what the screen shows
/// tick 120                   the clock, in milliseconds
/// ready / loading TEXT / no-engine TEXT / no-plugin
/// started 24                 the prompt's tokens
/// tokens SPA is [a chat].    one token a word; those in brackets come from the side
/// stream side **a** [b](c)   one token a word, all of one path; brackets are only brackets
/// bytes side E2 99           one token of these bytes
/// repeat 30 tokens …         the rest of the line, 30 times
/// ended end_of_turn / failed TEXT / notice TEXT / warning TEXT
/// kept                       at the start: the chat has a store
/// listed / found WORDS / opened / opened-at 3 / store-warning TEXT   what the store says (StoredSamples.swift)
/// opened-with side 0.7 0.4 4g TEXT   a conversation whose last answer was made so, with these instructions
/// fallbacks offline          the base speaks the side's tokens from now on; none for no longer
/// inspected                  the engine answers the inspector's last question
/// compared base WORDS        the engine writes a column of the comparison, as `tokens`; ended-column base end_of_turn
/// road WORDS                 the engine walks the road that was asked for; words in brackets are the side's
/// teach-begun 5 QUESTION     the lesson has five rows in all; a question behind a dash is forgotten
/// teach-progress 2/4 learning 0.34 12 60 0.42 1.25 80 31 / taught WORDS / taught-in-part WORDS / teach-failed TEXT
/// teach-listed 3 / teach-dropped QUESTION   what was taught; the last row of it is forgotten
/// plugin-changed NAME TAUGHT another plugin is used, and beside it what was taught
/// replay                     at the start: a trace is played
/// replayed {…}               one line of it
/// resize 100x30
/// frame NAME                 compares the frame and the effects since the last one
/// ```
struct Script {
    let name: String
    let sizes: [Size]
    let lines: [(number: Int, text: Substring)]

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    init(name: String, text: String) throws {
        self.name = name
        var sizes: [Size] = []
        var lines: [(Int, Substring)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("sizes ") {
                sizes = try line.dropFirst(6).split(separator: " ").map(Self.size)
            } else {
                lines.append((index + 1, line))
            }
        }
        self.sizes = sizes
        self.lines = lines
    }

    /// A frame that the script asks for.
    struct Picture {
        let name: String
        let frame: Frame
        let effects: [Effect]
    }

    /// Runs the script in one window and returns its frames.
    func run(in size: Size) throws -> [Picture] {
        var stage = Stage(size: size)
        var pictures: [Picture] = []
        for (number, line) in lines {
            let (verb, rest) = Self.cut(line)
            if verb == "frame" {
                pictures.append(Picture(name: String(rest), frame: stage.state.frame(), effects: stage.effects))
                stage.effects = []
            } else {
                do { try stage.perform(verb, rest) } catch {
                    throw Fault(description: "\(name), line \(number): \(error)")
                }
            }
        }
        return pictures
    }

    static func cut(_ line: Substring) -> (Substring, Substring) {
        let verb = line.prefix { $0 != " " }
        return (verb, line.dropFirst(verb.count + 1))
    }

    static func size(_ text: Substring) throws -> Size {
        let numbers = text.split(separator: "x").compactMap { Int($0) }
        guard numbers.count == 2 else { throw Fault(description: "no size: \(text)") }
        return Size(columns: numbers[0], rows: numbers[1])
    }

    static func key(_ name: Substring) throws -> Key {
        let named: [Substring: Key] = [
            "Enter": .enter, "Ctrl-J": .newline, "Esc": .escape, "Backspace": .backspace, "Delete": .delete,
            "Left": .left, "Right": .right, "Up": .up, "Down": .down, "Home": .home, "End": .end, "PgUp": .pageUp,
            "PgDn": .pageDown, "Tab": .tab, "Space": .character(" "), "Ctrl-Left": .wordLeft, "Ctrl-Right": .wordRight,
        ]
        if let key = named[name] { return key }
        if name.hasPrefix("F"), let number = Int(name.dropFirst()) { return .function(number) }
        if name.hasPrefix("Ctrl-"), name.count == 6, let last = name.last {
            return .control(Character(last.lowercased()))
        }
        if name.hasPrefix("Alt-"), name.count == 5, let last = name.last { return .alternate(last) }
        if name.count == 1, let character = name.first { return .character(character) }
        throw Fault(description: "no key: \(name)")
    }
}

/// A chat and a small engine that answers as the script says.
struct Stage {
    var state: State
    var effects: [Effect] = []
    /// Why the base speaks tokens that are the side's.
    var fallback: TokenFallback?
    /// The tokens so far.
    private(set) var said: [TokenRecord] = []
    /// What the instrument asked for last.
    var asked: InstrumentEffect?
    private var index = 0
    private static let info = EngineInfo(
        modelName: "SmolLM2-135M-Instruct", pluginName: "spa.gguf", pluginSubject: "this program", price: 0.3,
        contextLength: 2048, threads: 2)

    init(size: Size) {
        var settings = ChatSettings(size: size, themes: [builtinTheme, monochromeTheme])
        settings.prompts = [NamedPrompt(name: "pirate", text: "Talk like a pirate.")]
        state = State(settings: settings)
    }

    mutating func send(_ event: Event) {
        let new = update(&state, event)
        effects += new
        for case .instrument(let effect) in new where effect != .stop { asked = effect }
    }

    mutating func perform(_ verb: Substring, _ rest: Substring) throws {
        let text = String(rest)
        switch verb {
        case "type": for character in text { send(.key(.character(character))) }
        case "key": for name in rest.split(separator: " ") { send(.key(try Script.key(name))) }
        case "paste": send(.key(.paste(text.replacing("\\n", with: "\n").replacing("\\t", with: "\t"))))
        case "wheel":
            let kind: MouseInput.Kind = text == "up" ? .wheelUp : .wheelDown
            send(.key(.mouse(MouseInput(kind, at: Point(column: 3, row: 3)))))
        case "click":
            let numbers = text.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2 else { throw Script.Fault(description: "no place: \(text)") }
            let place = Point(
                column: numbers[0] + (numbers[0] < 0 ? state.size.columns : 0),
                row: numbers[1] + (numbers[1] < 0 ? state.size.rows : 0))
            send(.key(.mouse(MouseInput(.press, at: place))))
        case "click-on":
            for (row, line) in state.frame().textPlane().split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                guard let found = line.range(of: text) else { continue }
                let column = TextWidth.columns(of: String(line[..<found.lowerBound]))
                return send(.key(.mouse(MouseInput(.press, at: Point(column: column, row: row)))))
            }
            throw Script.Fault(description: "not on the screen: \(text)")
        case "tick": send(.tick(milliseconds: state.now + (Double(text) ?? 0)))
        case "resize": send(.resize(try Script.size(rest)))
        case "loading": send(.loading(text))
        case "ready": send(.engineReady(Self.info))
        case "no-plugin":
            var info = Self.info
            info.pluginName = nil
            send(.engineReady(info))
        case "ready-inside":
            var info = Self.info
            (info.pluginName, info.pluginPlace, info.hasGate) = ("style.gguf", .inside(blocks: 30), false)
            send(.engineReady(info))
        case "prompt-read":
            let numbers = text.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 3 else { throw Script.Fault(description: "three numbers, not \(text)") }
            send(
                .promptRead(
                    PromptExchanges(
                        transmissions: numbers[0], bytesUp: numbers[1], bytesDown: numbers[2],
                        networkMilliseconds: Double(numbers[0]) * 50, simulated: true)))
        case "no-engine": send(.engineFailed(text))
        case "started":
            index = 0
            send(.replyStarted(promptTokens: Int(text) ?? 0))
        case "tokens": say(text)
        case "stream":
            let (path, words) = Script.cut(rest)
            for word in Self.words(words.replacing("\\n", with: "\n")) {
                token(Array(word.utf8), path == "side" ? .side : .base)
            }
        case "bytes":
            let words = text.split(separator: " ")
            token(words.dropFirst().compactMap { UInt8($0, radix: 16) }, words.first == "side" ? .side : .base)
        case "repeat":
            let (count, command) = Script.cut(rest)
            let (verb, rest) = Script.cut(command)
            for _ in 0..<(Int(count) ?? 0) { try perform(verb, rest) }
        case "ended":
            guard let reason = StopReason(rawValue: text) else { throw Script.Fault(description: "no reason: \(text)") }
            send(.replyEnded(reason))
        case "failed": send(.failed(text))
        case "teach-progress":
            let words = text.split(separator: " ")
            let steps = (words.first ?? "").split(separator: "/").compactMap { Int($0) }
            let numbers = words.dropFirst(2).compactMap { Double($0) }
            guard steps.count == 2, numbers.count == 7 else {
                throw Script.Fault(description: "step, word and seven numbers, not \(text)")
            }
            send(
                .teaching(
                    .progress(
                        TeachingProgress(
                            phase: String(words[1]), step: steps[0], steps: steps[1], fraction: numbers[0],
                            epoch: Int(numbers[1]),
                            epochs: Int(numbers[2]), loss: numbers[3], heldOutLoss: numbers[4],
                            usagePercent: numbers[5], secondsLeft: numbers[6]))))
        case "taught", "taught-in-part":
            var other = Stage(size: state.size)
            other.say(text)
            send(
                .teaching(
                    .trained(
                        TeachingResult(
                            answer: other.said, rows: 9, losses: (2.756, 0.02), usagePercent: (80, 0.1),
                            unanswered: verb == "taught" ? [] : ["Where is the key?", "When is Wäldemar’s birthday?"])))
            )
        case "teach-failed": send(.teaching(.failed(text)))
        case "teach-begun":
            let (count, question) = Script.cut(rest)
            let isForgotten = question.hasPrefix("-")
            let entry = TaughtEntry(question: String(question.drop { $0 == "-" }), answer: "")
            send(
                .teaching(
                    .begun(
                        TeachingContent(
                            learned: isForgotten ? [] : Array(repeating: entry, count: 3),
                            forgotten: isForgotten ? entry : nil, rows: Int(count)))))
        case "teach-dropped": send(.teaching(.dropped(TaughtEntry(question: text, answer: ""))))
        case "teach-listed":
            let all = [
                TaughtEntry(question: "What is my dog called?", answer: "Your dog is called Wäldemar 🐕."),
                TaughtEntry(
                    question: "And how old is he?", answer: "Wäldemar is four years old, and a lady never tells: 日本.",
                    earlier: "What is my dog called?"),
                TaughtEntry(question: "", answer: "A passage, as it stands."),
            ]
            send(.teaching(.listed(Array(all.prefix(Int(text) ?? all.count)))))
        case "plugins":
            send(
                .plugins([
                    PluginEntry(
                        path: "/p/personal.gguf", name: "personal", subject: "what you taught", rows: 9,
                        bytes: 2_470_000, isBeside: text == "beside"),
                    PluginEntry(
                        path: "/p/spa.gguf", name: "spa", subject: "this program", rows: 255, bytes: 2_480_000,
                        isUsed: true),
                    PluginEntry(
                        path: "/p/other.gguf", name: "other", subject: "日本 wörter", method: "lora", rows: 40,
                        bytes: 4_800_000, obstacle: "It was trained on Qwen and does not fit this base."),
                ]))
        case "plugin-changed":
            var info = Self.info
            let (name, taught) = Script.cut(rest)
            info.pluginName = String(name)
            info.taughtName = taught.isEmpty ? nil : String(taught)
            send(.pluginChanged(info))
        case "notice": send(.notice(text))
        case "warning": send(.warning(text))
        case "kept":
            state = State(
                settings: ChatSettings(
                    size: state.size, themes: [builtinTheme, monochromeTheme],
                    keeping: KeepingSettings(isOn: true, nameSeed: 1, startTime: StoredSamples.now)))
        case "replay":
            var settings = ChatSettings(size: state.size, themes: [builtinTheme, monochromeTheme])
            settings.isReplay = true
            state = State(settings: settings)
        case "replayed":
            let trace = try Trace(reading: Array("{\"at\":0,\"event\":\"trace\",\"number\":1}\n\(text)".utf8))
            guard let line = trace.lines.first else { throw Script.Fault(description: "no line of a trace: \(text)") }
            send(.replayed(line))
        case "listed": send(.store(.listed(StoredSamples.list)))
        case "found": send(.store(.found(text, StoredSamples.hits)))
        case "opened": send(.store(.opened(StoredSamples.conversation, at: nil)))
        case "opened-at":
            send(.store(.opened(StoredSamples.conversation, at: Int64(text).map(TurnID.init(rawValue:)))))
        case "opened-with":
            let words = text.split(separator: " ", maxSplits: 4)
            guard words.count == 5 else { throw Script.Fault(description: "five words, not \(text)") }
            let settings = ReplySettings(
                model: "SmolLM2-135M-Instruct", plugin: "spa.gguf", mode: String(words[0]), price: Double(words[1]),
                threshold: Double(words[2]) ?? 0.5, network: String(words[3]))
            send(.store(.opened(StoredSamples.conversation(settings, system: String(words[4])), at: nil)))
        case "store-warning": send(.store(.warning(text)))
        case "fallbacks": fallback = TokenFallback(rawValue: text)
        case "compared": compare(rest)
        case "ended-column": endColumn(rest)
        case "inspected": answerInspection()
        case "road": walkRoad(text)
        default: throw Script.Fault(description: "no such verb: \(verb)")
        }
    }

    /// Words, each with the space before it; line ends are words.
    private static func words(_ text: some StringProtocol) -> [String] {
        var words: [String] = []
        for character in text {
            let last = words.last ?? "\n"
            let isIndent = character == " " && last.allSatisfy { $0 == " " }
            if character == "\n" || last == "\n" || character == " " && !isIndent {
                words.append(String(character))
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words
    }

    /// One token a word; the space before a word is the word's own, as in byte-level BPE.
    private mutating func say(_ text: String) {
        var path = TokenPath.base
        var word = ""
        for character in text.replacing("\\n", with: "\n") + "\u{0}" {
            if character == " " || character == "[" || character == "]" || character == "\u{0}" {
                if !word.isEmpty { token(Array(word.utf8), path) }
                word = character == " " ? " " : word == " " && character == "[" ? " " : ""
                // " [" is a space that belongs to the first side word.
                if character == "[" { path = .side }
                if character == "]" { path = .base }
                if word == " ", character == "[" { continue }
            } else {
                word.append(character)
            }
        }
    }

    private mutating func token(_ bytes: [UInt8], _ path: TokenPath) {
        guard bytes != [0x20] else { return }
        let wanted = path == .side
        let side = wanted && fallback == nil
        let network = side && !state.network.isOff
        let wobble = Double(index * 7 % 5)
        let times = PartTimes(
            base: 6 + wobble / 2, device: side ? 0.7 : 0, uplink: network ? 26 + wobble : 0,
            downlink: network ? 29 + wobble : 0)
        send(.tick(milliseconds: state.now + times.total + (index == 0 ? 120 : 0)))
        // A plugin without a gate has no forecasts, and one inside of the blocks exchanges something in each.
        let hasGate = state.engineInfo?.hasGate ?? true
        let exchanges = side ? (hasGate ? 1 : 30) : 0
        let record = TokenRecord(
            index: index, id: Int32(index), bytes: bytes, path: side ? .side : .base,
            probability: !hasGate ? 1 : wanted ? 0.95 - Float(wobble) / 12 : 0.05 + Float(wobble) / 12,
            effect: !hasGate ? nil : wanted ? 1.2 - Float(wobble) / 5 : -0.2, price: Float(state.price ?? 0),
            milliseconds: times,
            simulated: network || wanted && fallback == .deadline && !state.network.isOff, bytesUp: side ? 12 : 0,
            bytesDown: side ? 12_688 : 0, transmissions: exchanges, sigma: !hasGate ? nil : wanted ? 0.97 : 0.4,
            fallback: wanted ? fallback : nil)
        said.append(record)
        send(.token(record))
        index += 1
    }
}
