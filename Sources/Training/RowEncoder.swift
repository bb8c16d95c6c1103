import Tokenizer

/// A row as tokens: what the base reads, and which tokens are learned.
package struct EncodedRow: Sendable, Equatable {
    /// What the base reads.
    package let tokens: [Int32]
    /// Positions whose next token is learned, ascending.
    package let positions: [Int]

    package init(tokens: [Int32], positions: [Int]) {
        self.tokens = tokens
        self.positions = positions
    }

    /// The token that each position is to foretell.
    package var targets: [Int32] { positions.map { tokens[$0 + 1] } }
    /// Nothing after the last learned token has to be read.
    package var read: ArraySlice<Int32> { tokens.prefix((positions.last ?? -1) + 1) }
}

/// Turns rows into tokens.
package struct RowEncoder: Sendable {
    let tokenizer: Tokenizer
    let template: ChatTemplate
    /// The longest row; what is beyond is cut off.
    let longest: Int

    package init(tokenizer: Tokenizer, template: ChatTemplate, longest: Int) {
        self.tokenizer = tokenizer
        self.template = template
        self.longest = longest
    }

    /// nil where no learned token is left; `cut` says whether the row was too long.
    /// - Parameter lastAnswerAlone: whether earlier turns of the assistant are only read.
    package func encode(_ row: TrainingRow, lastAnswerAlone: Bool = false) -> (row: EncodedRow?, cut: Bool) {
        var ids: [Int32]
        var learned: [Bool]
        switch row.content {
        case .conversation(let messages):
            (ids, learned) = template.encodeForTraining(messages, with: tokenizer)
        case .passage(let text):
            ids = tokenizer.encode(text)
            if tokenizer.addsBeginOfSequence, let begin = tokenizer.beginOfSequence { ids.insert(begin, at: 0) }
            learned = [Bool](repeating: true, count: ids.count)
        }
        if lastAnswerAlone, let end = learned.lastIndex(of: true),
            let before = learned[..<end].lastIndex(of: false)
        {
            for place in 0...before { learned[place] = false }
        }
        let cut = ids.count > longest
        if cut {
            ids.removeLast(ids.count - longest)
            learned.removeLast(learned.count - longest)
        }
        // The first token has nothing before it that could foretell it.
        let positions = learned.indices.dropFirst().filter { learned[$0] }.map { $0 - 1 }
        return (positions.isEmpty ? nil : EncodedRow(tokens: ids, positions: positions), cut)
    }
}
