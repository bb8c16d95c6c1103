import Chat
import ChatUI
import Glibc
import Screen
import Terminal

/// What the chat's window costs, on a terminal of its own that nobody sees.
struct InterfaceMeasurement {
    /// Processor time of a reply at full speed, in percent of one core, by window.
    private(set) var replyPercent: [(size: Size, percent: Double)] = []
    /// Milliseconds of a frame while scrolling through a long conversation.
    private(set) var scroll: [Double] = []
    /// Milliseconds of a frame after a resize in it.
    private(set) var resize: [Double] = []
    /// Milliseconds of its first frame.
    private(set) var open = 0.0
    /// What it takes from the speed of generation; nil where there is no model.
    private(set) var generation: GenerationBesideWindow?

    /// A reply at full speed: the fastest that a small model has on two cores.
    static let tokensPerSecond = 450
    private static let framesPerSecond = 30
    private static let replyTokens = 2250
    private static let conversation = (turns: 200, tokens: 500)

    init(_ settings: Settings, repeats: Int) throws {
        if Paths.exists(settings.model) { generation = try GenerationBesideWindow(settings, rounds: 3 * repeats) }
        for size in [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40), Size(columns: 200, rows: 60)] {
            let stage = try Stage(size)
            replyPercent.append((size, stage.reply()))
            stage.close()
        }
        let stage = try Stage(Size(columns: 120, rows: 40))
        stage.talk()
        open = stage.frame()
        for _ in 0..<300 { scroll.append(stage.frame(.key(.pageUp))) }
        for step in 0..<60 {
            stage.terminal.redraw()
            resize.append(stage.frame(.resize(Size(columns: 60 + step * 37 % 100, rows: 24 + step * 7 % 30))))
        }
        stage.close()
    }

    /// One object.
    var json: JSON {
        .object(
            (generation?.fields ?? []) + [
                ("reply_percent_of_a_core", .rounded(replyPercent.map(\.percent).max() ?? 0, 2)),
                (
                    "by_window",
                    .object(
                        replyPercent.map { ("\($0.size.columns)x\($0.size.rows)", JSON.rounded($0.percent, 2)) })
                ),
                ("transcript_tokens", .integer(Self.conversation.turns * Self.conversation.tokens)),
                ("open_ms", .rounded(open, 2)),
                ("scroll_ms", .rounded(Figures.median(scroll), 2)), ("scroll_worst_ms", .rounded(scroll.max() ?? 0, 2)),
                ("resize_ms", .rounded(Figures.median(resize), 2)), ("resize_worst_ms", .rounded(resize.max() ?? 0, 2)),
            ])
    }

    /// A few lines for a person.
    var table: String {
        var lines = ["the window, a reply of \(Self.tokensPerSecond) tokens a second"]
        for (size, percent) in replyPercent {
            lines.append("  \(size.columns)x\(size.rows): \(Figures.text(percent, 2)) % of one core")
        }
        let tokens = Self.conversation.turns * Self.conversation.tokens
        func times(_ name: String, _ values: [Double]) -> String {
            "  \(name): median \(Figures.text(Figures.median(values), 2)) ms, "
                + "longest \(Figures.text(values.max() ?? 0, 2)) ms a frame"
        }
        lines.append("a conversation of \(tokens) tokens")
        lines.append("  first frame: \(Figures.text(open, 2)) ms")
        lines += [times("scrolling", scroll), times("resizing", resize)]
        lines.append(generation?.table ?? "there is no model here to see what the window takes from its speed")
        return lines.joined(separator: "\n")
    }

    // MARK: A window of its own

    /// A chat on a terminal that nobody sees.
    private final class Stage {
        var terminal: NcursesTerminal { hidden.terminal }
        private let hidden: HiddenTerminal
        private var state: State
        private var clock = 0.0
        private var index = 0

        init(_ size: Size) throws(TerminalError) {
            hidden = try HiddenTerminal(size)
            state = State(settings: ChatSettings(size: size, themes: [builtinTheme]))
            hidden.terminal.setTheme(state.theme)
            apply(.engineReady(EngineInfo(modelName: "a model", pluginName: "plugin", contextLength: 8192)))
        }

        /// A question and its whole answer; the processor time of this thread in percent of the time it lasts.
        func reply() -> Double {
            ask()
            let start = ProcessorTime.milliseconds
            for step in 0..<replyTokens {
                clock += 1000 / Double(tokensPerSecond)
                apply(.tick(milliseconds: clock))
                apply(.token(nextToken()))
                if step % (tokensPerSecond / framesPerSecond) == 0 { terminal.present(state.frame()) }
            }
            let used = ProcessorTime.milliseconds - start
            apply(.replyEnded(.endOfTurn))
            return 100 * used / (1000 * Double(replyTokens) / Double(tokensPerSecond))
        }

        /// A long conversation that was never on the screen.
        func talk() {
            for _ in 0..<conversation.turns {
                ask()
                for _ in 0..<conversation.tokens { apply(.token(nextToken())) }
                apply(.replyEnded(.endOfTurn))
            }
        }

        /// Milliseconds from an event to its frame on the terminal.
        func frame(_ event: Event? = nil) -> Double {
            let clock = ContinuousClock()
            return clock.measure {
                if let event { apply(event) }
                terminal.present(state.frame())
            }.milliseconds
        }

        func close() { hidden.close() }

        private func apply(_ event: Event) { _ = update(&state, event) }

        private func ask() {
            apply(.key(.paste("A question of a usual length, as people ask them?")))
            apply(.key(.enter))
            index = 0
        }

        private static let words =
            ("## A heading\n\nThe gate decides, **token by token**, whether the side is worth asking; `p > 0.5` says yes.\n\n"
            + "- one thing of a list\n- another thing, *longer* than the first\n  - nested\n\n1. first\n2. second\n\n"
            + "```swift\nlet answer = gate(state) > 0.5 ? side : base\nreturn answer\n```\n\n"
            + "| Path | Tokens |\n|---|--:|\n| base | 120 |\n| side | 31 |\n\nA paragraph of some words that go on for a "
            + "while and say nothing in particular, so that there is something to wrap in every window.\n\n")
            .split(separator: " ").map { Array((" " + $0).utf8) }

        private func nextToken() -> TokenRecord {
            defer { index += 1 }
            return TokenRecord(
                index: index, id: Int32(index), bytes: Self.words[index % Self.words.count],
                path: index % 7 < 2 ? .side : .base, probability: Float(index % 10) / 10, effect: 0.1,
                milliseconds: PartTimes(base: 2, device: index % 7 < 2 ? 0.2 : 0))
        }
    }
}
