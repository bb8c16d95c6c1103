/// One speed that `spa bench` measures.
struct BenchmarkCase: Hashable {
    /// What is done.
    enum Work: Hashable {
        /// A prompt of so many tokens is read, up to its first token.
        case prompt(tokens: Int)
        /// So many tokens are generated after `depth` others, which are read first and not counted.
        case generation(tokens: Int, depth: Int)
    }

    var work: Work
    /// On one thread; otherwise on all that were asked for.
    var isOneThread = false

    /// As in JSON and `--only`: `pp512`, `tg128`, `tg128_d2048`, each with `_1t` for one thread.
    var name: String {
        switch work {
        case .prompt(let tokens): "pp\(tokens)\(suffix)"
        case .generation(let tokens, 0): "tg\(tokens)\(suffix)"
        case .generation(let tokens, let depth): "tg\(tokens)_d\(depth)\(suffix)"
        }
    }

    /// The positions that must fit into the cache.
    var positions: Int {
        switch work {
        case .prompt(let tokens): tokens
        case .generation(let tokens, let depth): max(1, depth) + tokens
        }
    }

    private var suffix: String { isOneThread ? "_1t" : "" }

    /// What everyone wants to know, on all threads and on one.
    static let standard = [false, true].flatMap { isOneThread in
        ([32, 128, 512, 1024].map { Work.prompt(tokens: $0) }
            + [(64, 0), (128, 0), (128, 512), (128, 2048)].map { Work.generation(tokens: $0, depth: $1) })
            .map { BenchmarkCase(work: $0, isOneThread: isOneThread) }
    }

    /// The few that say most.
    static let quick = [
        BenchmarkCase(work: .prompt(tokens: 512)), BenchmarkCase(work: .generation(tokens: 128, depth: 0)),
        BenchmarkCase(work: .generation(tokens: 128, depth: 2048)),
    ]
}

extension BenchmarkCase {
    /// Reads a name; nil where it is none.
    init?(name: String) {
        var rest = name[...]
        let isOneThread = rest.hasSuffix("_1t")
        if isOneThread { rest = rest.dropLast(3) }
        let kind = rest.prefix(2)
        let numbers = rest.dropFirst(2).split(separator: "_d", omittingEmptySubsequences: false)
        let counts = numbers.compactMap { Int($0) }.filter { (1...1_000_000).contains($0) }
        guard counts.count == numbers.count else { return nil }
        switch (kind, counts.count) {
        case ("pp", 1): self.init(work: .prompt(tokens: counts[0]), isOneThread: isOneThread)
        case ("tg", 1): self.init(work: .generation(tokens: counts[0], depth: 0), isOneThread: isOneThread)
        case ("tg", 2): self.init(work: .generation(tokens: counts[0], depth: counts[1]), isOneThread: isOneThread)
        default: return nil
        }
    }
}
