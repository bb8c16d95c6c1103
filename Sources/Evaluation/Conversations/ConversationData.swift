import FoundationEssentials

/// Reads scripted conversations, one a line:
/// `{"subject": …, "turns": [{"user": …, "kind": "on", "right": ["Esc", ["one", "or the other"]]}, …]}`.
public enum ConversationData {
    /// The conversations of files, in order.
    /// - Parameter subject: those on this subject alone; nil for all.
    public static func read(_ paths: [String], subject: String? = nil) throws(EvaluationError) -> [ConversationScript] {
        var scripts: [ConversationScript] = []
        for path in paths { scripts += try read(path) }
        let wanted = subject.map { subject in scripts.filter { $0.subject == subject } } ?? scripts
        guard !wanted.isEmpty else {
            let subjects = Set(scripts.map(\.subject)).sorted()
            throw .noConversations(paths: paths, subject: subject, subjects: subjects)
        }
        return wanted
    }

    private static func read(_ path: String) throws(EvaluationError) -> [ConversationScript] {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .cannotRead(path: path, reason: reason(error))
        }
        var scripts: [ConversationScript] = []
        let decoder = JSONDecoder()
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) { continue }
            do {
                let row = try decoder.decode(Line.self, from: Data(line))
                scripts.append(try row.script(path: path, line: index + 1))
            } catch {
                throw .badRow(path: path, line: index + 1, problem: problem(error))
            }
        }
        return scripts
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "it may not be read"
        default: "it is no readable file"
        }
    }

    private static func problem(_ error: any Error) -> String {
        func place(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            (path + (last.map { [$0] } ?? [])).reduce(into: "") { text, key in
                if let index = key.intValue {
                    text += " \(index + 1)"
                } else {
                    text += text.isEmpty ? key.stringValue : ", \(key.stringValue)"
                }
            }
        }
        switch error {
        case let fault as Fault: return fault.text
        case DecodingError.keyNotFound(let key, let context): return "\(place(context.codingPath, key)) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return context.codingPath.isEmpty
                ? "the line is no object" : "\(place(context.codingPath)) is of the wrong type"
        default: return "the line is no JSON"
        }
    }

    private struct Fault: Error {
        let text: String
    }

    /// An element of `right`: a text, or texts of which one is enough.
    private struct Alternatives: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                texts = [text]
            } else {
                texts = try value.decode([String].self)
            }
        }
    }

    private struct Line: Decodable {
        struct Turn: Decodable {
            let user: String
            let kind: String
            let right: [Alternatives]?
        }
        let subject: String
        let turns: [Turn]

        func script(path: String, line: Int) throws(Fault) -> ConversationScript {
            // It is the name of a file.
            guard !subject.isEmpty, !subject.contains("/"), !subject.contains("\0") else {
                throw Fault(text: "subject is to be a name without a slash")
            }
            guard !turns.isEmpty else { throw Fault(text: "there are no turns") }
            var script = ConversationScript(subject: subject, turns: [], path: path, line: line)
            for (index, turn) in turns.enumerated() {
                let place = "turns \(index + 1)"
                guard turn.user.contains(where: { !$0.isWhitespace }) else {
                    throw Fault(text: "\(place), user says nothing")
                }
                guard let kind = TurnKind(rawValue: turn.kind) else {
                    let kinds = TurnKind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Fault(text: "\(place), kind “\(turn.kind)” is none of \(kinds)")
                }
                let right = turn.right?.map(\.texts) ?? []
                guard right.allSatisfy({ !$0.isEmpty && $0.allSatisfy(RightAnswer.hasWords) }) else {
                    throw Fault(text: "\(place), right has an empty element")
                }
                guard !kind.isOnSubject || !right.isEmpty else {
                    throw Fault(text: "\(place), right is missing: a turn of kind \(turn.kind) has right answers")
                }
                script.turns.append(ScriptTurn(turn.user, kind, right: right))
            }
            return script
        }
    }
}
