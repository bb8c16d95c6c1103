import SPAEngine

/// Where the paper's own numbers do not go together, reckoned rather than quoted.
enum Inconsistencies {
    /// The usage (0 to 1) at which SPA's network latency would be the paper's.
    static var usageOfSPALatency: Double {
        (PaperScale.publishedSeconds(.spa) ?? .nan) / seconds(.spa, usage: 1)
    }

    private static func seconds(_ method: Method, usage: Double) -> Double {
        PaperScale.formula(method).milliseconds(tokens: PaperScale.tokens, usage: usage, over: PaperScale.network)
            / 1000
    }

    static func list() -> [String] {
        var lines: [String] = []
        let usage = (PaperNumbers.usagePercent[.full] ?? .nan) / 100
        if let spa = PaperScale.publishedSeconds(.spa), let lst = PaperScale.publishedSeconds(.lst) {
            let bounds = [spa - 0.005, spa + 0.005].map { $0 / seconds(.spa, usage: 1) }
            lines.append(
                "Table 2 gives SPA \(Figures.text(spa, 2)) s on the network. By Eq. 4 with the sizes and the link that the "
                    + "other methods' latencies follow from, that needs a usage of \(Figures.text(usageOfSPALatency, 3)) "
                    + "(\(Figures.text(bounds[0], 3)) to \(Figures.text(bounds[1], 3)) with rounding); Table 1 has "
                    + "\(Figures.text(usage, 2)), which gives "
                    + "\(Figures.text(seconds(.spa, usage: usage), 3)) s.")
            lines.append(
                "Whatever the link, SPA's exchange is LST's, and only the usage makes it rarer: "
                    + "\(Figures.text(spa, 2)) / \(Figures.text(lst, 2)) is \(Figures.text(spa / lst, 3)), not "
                    + "\(Figures.text(usage, 2)), at which SPA would need \(Figures.text(usage * lst, 3)) s.")
        }
        for (method, name) in [(Method.lora, "LoRA"), (.adapter, "Adapter"), (.lst, "LST")] {
            guard let paper = PaperScale.publishedSeconds(method) else { continue }
            let ours = seconds(method, usage: 1)
            lines.append(
                "\(name): \(Figures.text(paper, 2)) s in the paper, \(Figures.text(ours, 3)) s by the formula "
                    + "(\(Comparison(ours, paper: paper).difference)): consistent.")
        }
        lines.append(
            "The released code trains a side network that always speaks: no gate is in use and no network is simulated, so "
                + "the ratios and latencies cannot be made again from it.")
        return lines
    }

    static func grid(_ result: TablesResult) -> Grid {
        Grid(
            title: "Where the paper's numbers do not go together", columns: ["", "what"],
            rows: result.inconsistencies.enumerated().map { ["\($0.offset + 1)", $0.element] })
    }
}
