import SPAEngine

/// What the paper itself reports (arXiv 2403.07088), as far as it is at hand.
///
/// Its full text was not: every stored copy that could be found shows title, abstract and introduction, and the released
/// repository has no results. What stands here was handed down with the project's definitions: the usages of Table 1, the
/// network latencies of Table 2, and the sizes and the link that these follow from (`PaperScale`). Everything else is nil
/// and shown as "not at hand": inference and total latency, trained parameters, all ROUGE-L, the curves of Figures 3 and 4.
public enum PaperNumbers {
    /// Table 1: usage in percent by the share of the training data.
    public static let usagePercent: [DataShare: Double] = [.small: 82, .medium: 72, .full: 62]

    /// Tables 2 and 3, "Ratio": side tokens of all tokens, in percent. SPA's is Table 1's on full data.
    public static func ratioPercent(_ method: Method) -> Double? {
        switch method {
        case .spa: usagePercent[.full]
        case .lst, .integration, .lora, .adapter: 100
        case .separation: nil
        }
    }

    /// Tables 2 and 3, ROUGE-L in percent: not at hand.
    public static func rougeL(_ system: ComparedSystem, _ dataSet: PaperDataSet) -> Double? { nil }
}

/// The sizes of training data in the paper's Table 1. What they are there is not at hand; here a quarter, a half, and
/// all of the rows.
public enum DataShare: String, Sendable, CaseIterable, Codable {
    case small, medium, full

    /// How many of `count` rows.
    func rows(of count: Int) -> Int {
        switch self {
        case .small: max(1, count / 4)
        case .medium: max(1, count / 2)
        case .full: count
        }
    }
}
