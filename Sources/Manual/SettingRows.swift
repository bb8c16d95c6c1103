import ChatUI

/// Rows about settings: what their flags do, their defaults, and how the configuration file sets them.
enum SettingRows {
    static func rows(_ part: ManualRows.Part) -> [ManualRow] {
        var writer = RowWriter(part)
        for (place, setting) in Setting.allCases.enumerated() { ask(setting, place, &writer) }
        return writer.rows
    }

    private static func ask(_ setting: Setting, _ place: Int, _ writer: inout RowWriter) {
        let (flag, deed) = (setting.flag, setting.purpose.deed)
        let (forms, heldOut) = ManualRows.rotated(
            ["What does the option \(flag) do?", "What is \(flag) for?", "What does \(flag) do?"], by: place)
        writer.ask(
            flag, byName: true, answer: "The option \(flag) \(deed.thirdPerson).", training: forms,
            development: place % 3 == 0 ? ["What do I use the option \(flag) for?"] : [], heldOut: [heldOut])
        writer.ask(
            flag, byName: true, answer: "The default of \(flag) is \(setting.standard).",
            training: [place.isMultiple(of: 2) ? "What is the default of \(flag)?" : "What is \(flag) by default?"],
            development: place % 3 == 1 ? ["Which value does \(flag) have by default?"] : [],
            heldOut: ["What is the default value of \(flag)?"])
        writer.ask(
            flag, byName: true, answer: "In config.toml, write \(setting.example).",
            training: ["How do I set \(setting.key) in config.toml?"],
            heldOut: ["What do I write into config.toml for \(setting.key)?"])
        let ways = setting.purpose.ways
        writer.ask(
            flag, byName: false, answer: "To \(deed.infinitive), use the option \(flag).",
            training: ["Which option \(deed.askedThirdPerson)?"] + ways.dropLast().map { "How do I \($0.asked)?" },
            development: place % 3 == 2 ? ["Is there an option to \(deed.asked)?"] : [],
            heldOut: ["Which option do I need to \((ways.last ?? deed).asked)?"])
    }
}
