import Chat
import Foundation
import Store

/// A folder that goes when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "spa-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/conversations.sqlite" }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

func token(_ index: Int, _ text: String, _ path: TokenPath = .base) -> TokenRecord {
    token(index, bytes: Array(text.utf8), path)
}

func token(_ index: Int, bytes: [UInt8], _ path: TokenPath = .base) -> TokenRecord {
    TokenRecord(
        index: index, id: Int32(index + 100), bytes: bytes, path: path, probability: 0.75,
        effect: path == .side ? 0.5 : nil,
        threshold: 0.5, price: 0.25,
        milliseconds: PartTimes(base: 5, device: 0.5, uplink: 25, downlink: 26, total: 56.5), simulated: path == .side,
        bytesUp: 12, bytesDown: 3000, transmissions: path == .side ? 1 : 0, sigma: path == .side ? 0.5 : nil,
        fallback: index == 2 ? .deadline : nil)
}

/// A turn as a chat asks it, and what the chat tells its store of it.
func requests(
    _ number: Int64, _ question: String, _ answer: [String], after parent: Int64? = nil, in head: ConversationHead,
    ends: Bool = true
) -> [StoreRequest] {
    var turn = Turn(
        question: question, id: TurnID(rawValue: number), asked: Double(number),
        settings: ReplySettings(model: "tiny", plugin: "p", price: 0.3, network: "4g", deadline: 200, seed: .max))
    (turn.system, turn.forgotten) = ("Be \(number).", Int(number) % 2)
    var requests: [StoreRequest] = [
        .asked(turn, after: parent.map(TurnID.init), in: head),
        .started(turn.id, promptTokens: 12, firstTokenMilliseconds: nil),
        .started(turn.id, promptTokens: nil, firstTokenMilliseconds: 80),
        .promptRead(
            turn.id,
            PromptExchanges(transmissions: 60, bytesUp: 7, bytesDown: 9, networkMilliseconds: 1.5, simulated: true)),
    ]
    requests += answer.enumerated().map { .token(token($0, $1, $0 % 2 == 0 ? .base : .side), of: turn.id) }
    if ends { requests.append(.ended(turn.id, .endOfTurn, failure: nil)) }
    return requests
}

func head(_ number: Int64, _ title: String = "title") -> ConversationHead {
    ConversationHead(id: ConversationID(rawValue: number), title: title, created: 1)
}
