import SPAEngine

/// How tokens are chosen where nobody says otherwise.
public enum ChoiceOfTokens: Sendable {
    /// The most probable one always: for measurements, and wherever somebody asks for a temperature of 0 or for beams.
    case greedy
    /// For people, who want answers that do not go round in circles. DRY alone leaves long enumerations of nearly the same; a
    /// stronger repeat penalty spoils tables and sums.
    case varied

    /// The values.
    public var sampling: SPAEngine.SamplingOptions {
        switch self {
        case .greedy: SPAEngine.SamplingOptions()
        case .varied:
            SPAEngine.SamplingOptions(
                temperature: 0.5, minP: 0.1, repeatPenalty: 1.05,
                dry: SequencePenalty(multiplier: 0.8, base: 1.75, allowedLength: 3))
        }
    }
}
