import Chat
import ChatUI
import Foundation
import Screen
import Testing

private func conversation() -> Conversation {
    var turn = Turn(question: "Is 1 < 2 & \"so\"?\nReally? 世界", id: TurnID(rawValue: 1))
    for (index, text) in ["Yes, ", "<b>", "of", " course.\n\n", "👩‍🚀 e", "\u{301}\u{1B}[31m"].enumerated() {
        turn.reply.append(
            TokenRecord(
                index: index, id: 1, bytes: Array(text.utf8), path: index % 2 == 0 ? .base : .side, probability: 0.8,
                milliseconds: PartTimes(base: 8), simulated: true, sigma: index == 1 ? 0.8 : nil))
    }
    turn.reply.end(.endOfTurn)
    var other = Turn(question: "Another", id: TurnID(rawValue: 2))
    other.reply.end(.failed, failure: "no <memory>")
    return Conversation(
        id: ConversationID(rawValue: 1), title: "Numbers & more",
        records: [TurnRecord(turn, after: nil), TurnRecord(other, after: nil)], shown: turn.id)
}

@Test func kindsOfFilesByName() {
    let kinds: [(String, ExportFormat)] = [
        ("a.md", .markdown), ("a.HTML", .html), ("b/c.x.svg", .svg), ("a.jsonl", .jsonLines), ("a", .markdown),
        ("a.html/b", .markdown), (".svg", .markdown), ("", .markdown), ("a.", .markdown), ("a.txt", .markdown),
    ]
    for (path, kind) in kinds { #expect(ExportFormat(path: path) == kind, "\(path)") }
}

@Test func aPageHasTheGatesColoursAndALegend() {
    let page = conversation().html(theme: builtinTheme, facts: "Model <tiny>")
    #expect(page.contains("<title>Numbers &amp; more</title>") && page.contains("Model &lt;tiny&gt;"))
    #expect(page.contains("<span class=\"side\">words of the side plugin</span>"))
    #expect(
        page.contains(".side { color: #5fd7ff; text-decoration: underline }") && page.contains("background: #14171a"))
    #expect(page.contains("title=\"side, probability 0.80, 8.0 ms (network simulated)\">&lt;b&gt;</span>"))
    #expect(page.contains("title=\"base, 8.0 ms (network simulated)\">of</span>"))
    #expect(page.contains("Is 1 &lt; 2 &amp; &quot;so&quot;?\nReally? 世界 <small>1/2</small>"))
    #expect(!page.contains("\u{1B}") && !page.contains("<b>"))
    let plain = conversation().html(theme: monochromeTheme)
    #expect(plain.contains(".side { text-decoration: underline }") && plain.contains("background: #ffffff"))
}

/// Both are well-formed: an XML parser reads them to the end.
@Test(arguments: [builtinTheme, monochromeTheme])
func aPictureIsWellFormed(_ theme: Theme) throws {
    let chat = conversation()
    let picture = chat.svg(theme: theme, facts: "Model tiny")
    #expect(picture.hasPrefix("<svg xmlns=") && picture.hasSuffix("</svg>\n"))
    #expect(picture.contains("words of the side plugin</text>") && picture.contains(" stroke=\""))
    #expect(picture.contains("&lt;b&gt;") && picture.contains("1/2") && !picture.contains("\u{1B}"))
    #expect(picture.components(separatedBy: "<text").count == picture.components(separatedBy: "</text>").count)
    #expect(Conversation().svg(theme: theme).hasSuffix("</svg>\n"))
}

/// What `/save` writes is what `/copy conversation` copies, with and without a title.
@Test(arguments: [nil, "Numbers"]) func aFileAndTheClipboardSayTheSame(title: String?) {
    var state = State(settings: ChatSettings(size: Size(columns: 80, rows: 24)))
    _ = update(&state, .engineReady(EngineInfo(modelName: "tiny", pluginName: "p")))
    func type(_ text: String) -> [Effect] {
        text.map { update(&state, .key(.character($0))) }.flatMap(\.self) + update(&state, .key(.enter))
    }
    _ = type("How many?")
    _ = update(&state, .token(TokenRecord(index: 0, id: 1, bytes: Array("Two.".utf8), path: .base)))
    _ = update(&state, .replyEnded(.endOfTurn))
    if let title { _ = type("/rename \(title)") }
    let copied = type("/copy conversation").compactMap { if case .copy(let text) = $0 { text } else { nil } }
    let saved = type("/save a.md").compactMap { if case .save(_, let text) = $0 { text } else { nil } }
    #expect(copied == saved && copied.first?.hasPrefix("# \(title ?? "How many?")\n") == true)
    #expect(copied.first?.contains("Model tiny · plugin p, gated") == true)
}

@Test func everyKindIsWritten() {
    for kind in ExportFormat.allCases {
        #expect(conversation().exported(as: kind, theme: builtinTheme).contains("Numbers"))
        #expect(!Conversation().exported(as: kind, theme: builtinTheme).isEmpty)
    }
}
