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
    /// `<s>[INST] … [/INST] … </s>`, every turn a sequence of its own, with the system prompt between `<<SYS>>` marks inside
    /// of the first instruction.
    case llama2
    /// No template: the contents alone, one after the other; in training the end of sequence ends the assistant's.
    case raw

    /// The template of a model file, known by the marks in its `tokenizer.chat_template`; `raw` if there is none.
    public static func detect(_ file: GGUFFile) -> ChatTemplate {
        guard let template = file.string("tokenizer.chat_template") else { return .raw }
        let marks: [(String, ChatTemplate)] = [
            ("<|im_start|>", .chatML), ("<|start_header_id|>", .llama3), ("<|user|>", .zephyr), ("<<SYS>>", .llama2),
            ("[INST]", .mistral),
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
        } else if self != .llama2, tokenizer.addsBeginOfSequence, let begin = tokenizer.beginOfSequence {
            builder.token(begin)
        }
        for message in messages {
            writeHeader(message.role, &builder)
            let isLearned = message.role == .assistant
            builder.text(content(of: message, tokenizer), isLearned: isLearned)
            writeEnd(message.role, isLearned: isLearned, &builder)
        }
    }

    /// A turn's content as the template writes it.
    private func content(of message: Message, _ tokenizer: Tokenizer) -> String {
        let (text, isAnswer) = (message.content, message.role == .assistant)
        switch self {
        case .llama3: return trimmed(text)
        case .llama2: return isAnswer ? " \(trimmed(text)) " : trimmed(text)
        case .mistral:
            // SentencePiece models were trained with a space here, which a generated answer begins with already.
            let isSpaced = isAnswer && tokenizer.addsSpacePrefix && !text.isEmpty && !text.hasPrefix(" ")
            return isSpaced ? " " + text : text
        case .chatML, .zephyr, .raw: return text
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
            role == .assistant ? builder.beginAnswer() : builder.openInstruction()
        case .llama2:
            switch role {
            case .system:
                builder.openInstruction(isSequence: true)
                builder.text("<<SYS>>\n")
            case .user: builder.openInstruction(isSequence: true)
            case .assistant: builder.beginAnswer()
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
        case .llama2:
            switch role {
            case .system: builder.text("\n<</SYS>>\n\n")
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
    /// Whether text, not a token of the template, came last.
    private var continuesText = false

    init(tokenizer: Tokenizer, isForTraining: Bool) {
        self.tokenizer = tokenizer
        self.isForTraining = isForTraining
    }

    mutating func token(_ id: Int32, isLearned: Bool = false) {
        flush()
        ids.append(id)
        learned.append(isLearned)
        continuesText = false
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

    /// Mistral's and Llama 2's instruction holds the system prompt and the user's words; Llama 2's begins a sequence.
    mutating func openInstruction(isSequence: Bool = false) {
        if !isInInstruction {
            if isSequence, let begin = tokenizer.beginOfSequence { token(begin) }
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

    /// What comes next has its own space, if any: a generated answer is no beginning of a text.
    mutating func beginAnswer() {
        flush()
        continuesText = true
    }

    /// Encodes what was collected, apart from what comes next.
    mutating func flush() {
        guard !pending.isEmpty else { return }
        let new = tokenizer.encode(pending, continuesText: continuesText)
        continuesText = true
        ids += new
        learned += [Bool](repeating: pendingIsLearned, count: new.count)
        pending = ""
    }

    mutating func finish() -> (ids: [Int32], learned: [Bool]) {
        flush()
        return (ids, learned)
    }
}
