import GGUF

/// How a conversation is written as tokens. No template adds a system prompt of its own, whatever the model's file does.
public enum ChatTemplate: Sendable, Equatable {
    /// `<|im_start|>user\n…<|im_end|>\n`
    case chatML
    /// `<|start_header_id|>user<|end_header_id|>\n\n…<|eot_id|>`
    case llama3
    /// `<|user|>\n…</s>\n`
    case zephyr
    /// `[INST] … [/INST] …</s>`, with the system prompt inside of the first instruction.
    case mistral
    /// No template: the contents alone, one after the other; in training the end of sequence ends the assistant's.
    case raw

    /// The template of a model file, known by the marks in its `tokenizer.chat_template`; `raw` if there is none.
    public static func detect(_ file: GGUFFile) -> ChatTemplate {
        guard let template = file.string("tokenizer.chat_template") else { return .raw }
        let marks: [(String, ChatTemplate)] = [
            ("<|im_start|>", .chatML), ("<|start_header_id|>", .llama3), ("<|user|>", .zephyr), ("[INST]", .mistral),
        ]
        return marks.first { template.contains($0.0) }?.1 ?? .raw
    }

    /// The ids of the conversation; with `addGenerationPrompt` they end so that the assistant speaks next. Contents are
    /// never read as special tokens.
    ///
    /// What precedes an assistant's content is encoded apart from it, as when the content was generated.
    public func encode(
        _ messages: [Message], with tokenizer: Tokenizer, addGenerationPrompt: Bool = true
    ) -> [Int32] {
        var builder = PromptBuilder(tokenizer: tokenizer, isForTraining: false)
        write(messages, &builder)
        if addGenerationPrompt { writeHeader(.assistant, &builder) }
        return builder.finish().ids
    }

    /// The ids of the conversation without a generation prompt, and for each whether it is to be learned: the contents
    /// of the assistant's turns and the token that ends each.
    public func encodeForTraining(
        _ messages: [Message], with tokenizer: Tokenizer
    ) -> (ids: [Int32], learned: [Bool]) {
        var builder = PromptBuilder(tokenizer: tokenizer, isForTraining: true)
        write(messages, &builder)
        return builder.finish()
    }

    private func write(_ messages: [Message], _ builder: inout PromptBuilder) {
        let tokenizer = builder.tokenizer
        if self == .llama3, let begin = tokenizer.id(ofSpecial: "<|begin_of_text|>") ?? tokenizer.beginOfSequence {
            builder.token(begin)
        } else if tokenizer.addsBeginOfSequence, let begin = tokenizer.beginOfSequence {
            builder.token(begin)
        }
        for message in messages {
            let content = self == .llama3 ? trimmed(message.content) : message.content
            writeHeader(message.role, &builder)
            let isLearned = message.role == .assistant
            builder.text(content, isLearned: isLearned)
            writeEnd(message.role, isLearned: isLearned, &builder)
        }
    }

    /// What precedes the content of a turn.
    private func writeHeader(_ role: Role, _ builder: inout PromptBuilder) {
        switch self {
        case .chatML:
            builder.special("<|im_start|>")
            builder.text(role.rawValue + "\n")
        case .llama3:
            builder.special("<|start_header_id|>")
            builder.text(role.rawValue)
            builder.special("<|end_header_id|>")
            builder.text("\n\n")
        case .zephyr:
            builder.special("<|\(role.rawValue)|>")
            builder.text("\n")
        case .mistral:
            switch role {
            case .system, .user: builder.openInstruction()
            case .assistant: break
            }
        case .raw:
            break
        }
        if role == .assistant { builder.flush() }
    }

    /// What follows the content of a turn.
    private func writeEnd(_ role: Role, isLearned: Bool, _ builder: inout PromptBuilder) {
        switch self {
        case .chatML:
            builder.special("<|im_end|>", isLearned: isLearned)
            builder.text("\n")
        case .llama3:
            builder.special("<|eot_id|>", isLearned: isLearned)
        case .zephyr:
            builder.special("</s>", isLearned: isLearned)
            builder.text("\n")
        case .mistral:
            switch role {
            case .system: builder.text("\n\n")
            case .user: builder.closeInstruction()
            case .assistant: builder.special("</s>", isLearned: isLearned)
            }
        case .raw:
            if role == .assistant, let end = builder.tokenizer.endOfSequence {
                builder.token(end, isLearned: isLearned)
            }
        }
    }

    private func trimmed(_ text: String) -> String {
        let kept = text.drop { $0.isWhitespace }
        return String(kept.prefix(upTo: kept.lastIndex { !$0.isWhitespace }.map(kept.index(after:)) ?? kept.startIndex))
    }
}

/// Collects the parts of a prompt: neighbouring parts of text are encoded as one, as if the prompt had been written
/// out before.
private struct PromptBuilder {
    let tokenizer: Tokenizer
    let isForTraining: Bool
    private var ids: [Int32] = []
    private var learned: [Bool] = []
    private var pending = ""
    private var pendingIsLearned = false
    private var isInInstruction = false

    init(tokenizer: Tokenizer, isForTraining: Bool) {
        self.tokenizer = tokenizer
        self.isForTraining = isForTraining
    }

    mutating func token(_ id: Int32, isLearned: Bool = false) {
        flush()
        ids.append(id)
        learned.append(isLearned)
    }

    mutating func text(_ text: String, isLearned: Bool = false) {
        if isLearned != pendingIsLearned { flush() }
        pending += text
        pendingIsLearned = isLearned
    }

    /// A token by its literal form; text where the vocabulary lacks it.
    mutating func special(_ text: String, isLearned: Bool = false) {
        if let id = tokenizer.id(ofSpecial: text) {
            token(id, isLearned: isLearned)
        } else {
            self.text(text, isLearned: isLearned)
        }
    }

    /// Mistral's instruction holds the system prompt and the user's words.
    mutating func openInstruction() {
        if !isInInstruction {
            special("[INST]")
            text(" ")
        }
        isInInstruction = true
    }

    mutating func closeInstruction() {
        text(" ")
        special("[/INST]")
        isInInstruction = false
    }

    /// Encodes what was collected: the next text begins anew.
    mutating func flush() {
        guard !pending.isEmpty else { return }
        let new = tokenizer.encode(pending)
        ids += new
        learned += [Bool](repeating: pendingIsLearned, count: new.count)
        pending = ""
    }

    mutating func finish() -> (ids: [Int32], learned: [Bool]) {
        flush()
        return (ids, learned)
    }
}
