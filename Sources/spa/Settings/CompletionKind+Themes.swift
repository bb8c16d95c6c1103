import ArgumentParser

extension CompletionKind {
    /// The themes that come with the program.
    static var themes: Self { .list(["dark", "light", "sixteen", "colour-blind", "monochrome"]) }
}
