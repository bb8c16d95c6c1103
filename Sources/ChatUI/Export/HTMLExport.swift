import Chat
import Screen

extension Conversation {
    /// The shown branch as a page of its own, with the gate's colours: words of the side in the theme's colour and
    /// underlined, each with its figures on hovering, and a legend.
    public func html(theme: Theme, facts: String = "") -> String {
        let page = PageColours(theme)
        var body = "<h1>\(Markup.escaped(heading))</h1>\n"
        if !facts.isEmpty { body += "<p class=\"facts\">\(Markup.escaped(facts))</p>\n" }
        body += """
            <p class="legend"><span>words of the base model</span> · <span class="side">words of the side plugin</span></p>

            """
        if let system, !system.isEmpty { body += "<p class=\"system\">\(Markup.escaped(system))</p>\n" }
        for (index, turn) in turns.enumerated() {
            let version = version(at: index)
            let note = version.count > 1 ? " <small>\(version.number)/\(version.count)</small>" : ""
            body += "<section>\n<h2>\(Markup.escaped(turn.question))\(note)</h2>\n"
            if !turn.reply.text.isEmpty { body += "<p class=\"answer\">\(Self.words(of: turn.reply))</p>\n" }
            if let failure = turn.reply.failure { body += "<p class=\"failure\">\(Markup.escaped(failure))</p>\n" }
            body += "<p class=\"figures\">\(Markup.escaped(turn.reply.figures))</p>\n</section>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped(heading))</title>
            <style>
            body { background: \(page.background); color: \(page.text); font: 16px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em }
            h1 { font-size: 1.4em } h2 { font-size: 1em; white-space: pre-wrap; overflow-wrap: anywhere; margin-top: 2em }
            .answer, .system { white-space: pre-wrap; overflow-wrap: anywhere }
            .side { \(Self.look(of: theme[.side])) }
            .facts, .figures, .system, small { opacity: 0.75; font-size: 0.85em; font-weight: normal }
            </style>
            </head>
            <body>
            \(body)</body>
            </html>

            """
    }

    /// The side's words are always underlined.
    private static func look(of style: CellStyle) -> String {
        (style.foreground?.hexadecimal.map { "color: \($0); " } ?? "")
            + (style.attributes.contains(.bold) ? "font-weight: bold; " : "") + "text-decoration: underline"
    }

    private static func words(of reply: Reply) -> String {
        reply.text.pieces.map { piece in
            let text = Markup.escaped(piece.text)
            guard reply.tokens.indices.contains(piece.token) else { return text }
            let token = reply.tokens[piece.token]
            let gate =
                token.sigma == nil ? "" : "probability \(DecimalText.text(Double(token.probability), digits: 2)), "
            let figures =
                "\(token.path.rawValue), \(gate)\(DecimalText.text(token.milliseconds.total, digits: 1)) ms\(token.simulated ? " (network simulated)" : "")"
            return "<span\(token.path == .side ? " class=\"side\"" : "") title=\"\(figures)\">\(text)</span>"
        }.joined()
    }
}
