/// JSON that keeps the order of its keys, on one line.
public enum JSON: Sendable, Equatable {
    /// Nothing.
    case null
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number; null where it is none.
    case number(Double)
    /// A number of single precision, with as many digits as that has.
    case float(Float)
    /// Text.
    case string(String)
    /// Values in order.
    case array([JSON])
    /// Values by name, in order.
    case object([(String, JSON)])

    /// Equal where the texts are.
    public static func == (a: JSON, b: JSON) -> Bool { a.text == b.text }

    /// A number rounded to `digits` digits after the point.
    public static func rounded(_ value: Double, _ digits: Int = 3) -> JSON {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        return .number((value * scale).rounded() / scale)
    }

    /// A text, or null.
    public static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The text; what is no number is null, as JSON has none.
    public var text: String {
        var result = ""
        write(into: &result)
        return result
    }

    private func write(into text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? Self.short("\(value)") : "null"
        case .float(let value): text += value.isFinite ? Self.short("\(value)") : "null"
        case .string(let value): Self.write(value, into: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(into: &text)
            }
            text += "]"
        case .object(let fields):
            text += "{"
            for (index, (name, value)) in fields.enumerated() {
                if index > 0 { text += "," }
                Self.write(name, into: &text)
                text += ":"
                value.write(into: &text)
            }
            text += "}"
        }
    }

    private static func short(_ number: String) -> String {
        number.hasSuffix(".0") ? String(number.dropLast(2)) : number
    }

    private static func write(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
