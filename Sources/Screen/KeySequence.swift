/// One step of reading keys from bytes.
enum KeySequence: Equatable {
    /// More bytes may change the meaning.
    case incomplete
    /// A typed scalar of `length` bytes.
    case scalar(Unicode.Scalar, Int)
    /// A key of `length` bytes.
    case key(Key, Int)
    /// The mark that begins a bracketed paste.
    case pasteStart(Int)
    /// Bytes without meaning.
    case ignored(Int)

    /// The first step of `bytes`, which is not empty.
    static func parse(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        guard let first = bytes.first else { return .incomplete }
        if first == 0x1B { return escape(bytes) }
        if first < 0x20 || first == 0x7F { return .key(control(first), 1) }
        return scalar(bytes)
    }

    /// The step where nothing follows an incomplete `bytes`.
    static func resolve(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        guard let first = bytes.first else { return .incomplete }
        guard first == 0x1B else { return .scalar("\u{FFFD}", bytes.count) }
        guard let second = bytes.dropFirst().first else { return .key(.escape, 1) }
        if second == 0x1B { return .key(.escape, 1) }
        if bytes.count == 2, let letter = ["[", "O", "]"].first(where: { $0.utf8.first == second }) {
            return .key(.alternate(Character(letter)), 2)
        }
        return .key(.unknown, bytes.count)
    }

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x00: .control(" ")
        case 0x08, 0x7F: .backspace
        case 0x09: .tab
        case 0x0A: .newline
        case 0x0D: .enter
        case 0x1B: .escape
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        default: .control(Character(Unicode.Scalar(byte + 0x40)))
        }
    }

    /// One UTF-8 scalar; each broken piece is one U+FFFD.
    private static func scalar(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        let first = bytes[bytes.startIndex]
        let length: Int
        switch first {
        case 0x20...0x7E: return .scalar(Unicode.Scalar(first), 1)
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return .scalar("\u{FFFD}", 1)
        }
        var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for offset in 1..<length {
            let index = bytes.startIndex + offset
            guard index < bytes.endIndex else { return .incomplete }
            let next = bytes[index]
            var allowed: ClosedRange<UInt8> = 0x80...0xBF
            if offset == 1 {
                switch first {
                case 0xE0: allowed = 0xA0...0xBF
                case 0xED: allowed = 0x80...0x9F
                case 0xF0: allowed = 0x90...0xBF
                case 0xF4: allowed = 0x80...0x8F
                default: break
                }
            }
            guard allowed.contains(next) else { return .scalar("\u{FFFD}", offset) }
            value = value << 6 | UInt32(next & 0x3F)
        }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        // The second set of control characters, U+0080 to U+009F.
        return value < 0xA0 ? .ignored(length) : .scalar(scalar, length)
    }

    private static func escape(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        let rest = bytes.dropFirst()
        guard let second = rest.first else { return .incomplete }
        switch second {
        case 0x5B: return controlSequence(bytes)
        case 0x4F: return singleShift(bytes)
        case 0x5D: return answer(bytes)
        case 0x1B:
            // rxvt writes Alt with a key as ESC before the key's own sequence; otherwise these are two keys.
            guard let third = rest.dropFirst().first else { return .incomplete }
            guard third == 0x5B || third == 0x4F else { return .key(.escape, 1) }
            switch escape(rest) {
            case .key(let key, let length): return .key(modified(key, by: 2), length + 1)
            case .incomplete: return rest.count < InputDecoder.longestSequence ? .incomplete : .key(.escape, 1)
            default: return .key(.escape, 1)
            }
        case 0x0A, 0x0D: return .key(.newline, 2)
        case 0x08, 0x7F: return .key(.control("w"), 2)
        case 0x00..<0x20: return .key(control(second), 2)
        default:
            switch scalar(rest) {
            case .scalar(let scalar, let length): return .key(.alternate(Character(scalar)), length + 1)
            case .ignored(let length): return .ignored(length + 1)
            case let other: return other
            }
        }
    }

    /// ESC ] and a number: the late answer to a question, up to BEL or ESC \\; anything else is Alt-].
    private static func answer(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        guard let third = bytes.dropFirst(2).first else { return .incomplete }
        guard (0x30...0x39).contains(third) else { return .key(.alternate("]"), 2) }
        guard let end = bytes.dropFirst(2).firstIndex(where: { !(0x20...0x7E).contains($0) }) else {
            return bytes.count < InputDecoder.longestAnswer ? .incomplete : .ignored(bytes.count)
        }
        let length = end - bytes.startIndex
        if bytes[end] != 0x1B { return .ignored(length + (bytes[end] == 0x07 ? 1 : 0)) }
        guard let last = bytes[end...].dropFirst().first else { return .incomplete }
        return .ignored(length + (last == 0x5C ? 2 : 0))
    }

    /// SS3: ESC O and a letter, with a modifier digit before it in some terminals.
    private static func singleShift(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        var index = bytes.startIndex + 2
        var modifier = 0
        while index < bytes.endIndex, (0x30...0x39).contains(bytes[index]), index < bytes.startIndex + 4 {
            modifier = modifier * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        guard index < bytes.endIndex else { return .incomplete }
        let final = bytes[index]
        // ESC O is Alt-O where no key can follow.
        guard (0x40...0x7E).contains(final) else { return .key(.alternate("O"), 2) }
        let length = index + 1 - bytes.startIndex
        switch final {
        case 0x61...0x64: return .key(modified(arrows[Int(final - 0x61)], by: 4), length)  // rxvt: Ctrl with an arrow
        case 0x4D: return .key(.enter, length)
        case 0x6A...0x79:  // the keypad: * + , - . / 0 … 9
            return .key(.character(Character(Unicode.Scalar(final - 0x40))), length)
        default:
            return .key(letterKey(final).map { modified($0, by: max(0, modifier - 1)) } ?? .unknown, length)
        }
    }

    /// CSI: ESC [, parameters, a final byte.
    private static func controlSequence(_ bytes: ArraySlice<UInt8>) -> KeySequence {
        var index = bytes.startIndex + 2
        guard index < bytes.endIndex else { return .incomplete }
        if bytes[index] == 0x5B {
            // The Linux console: ESC [ [ A … E are F1 … F5.
            guard index + 1 < bytes.endIndex else { return .incomplete }
            let letter = bytes[index + 1]
            guard (0x41...0x45).contains(letter) else { return .key(.unknown, 3) }
            return .key(.function(Int(letter) - 0x40), 4)
        }
        while index < bytes.endIndex, (0x20...0x3F).contains(bytes[index]), bytes[index] != 0x24 {
            index += 1
            if index - bytes.startIndex >= InputDecoder.longestSequence {
                return .key(.unknown, index - bytes.startIndex)
            }
        }
        guard index < bytes.endIndex else { return .incomplete }
        let final = bytes[index]
        let length = index + 1 - bytes.startIndex
        let body = bytes[(bytes.startIndex + 2)..<index]
        if body.isEmpty && final == 0x4D {
            // An X10 mouse report: three bytes follow.
            return bytes.count >= 6 ? .key(.unknown, 6) : .incomplete
        }
        // A byte that cannot belong to the sequence begins something else.
        guard (0x40...0x7E).contains(final) || final == 0x24 else { return .key(.unknown, length - 1) }
        if let prefix = body.first, (0x3C...0x3F).contains(prefix) {
            if final == 0x24 {
                // The answer to a question about a mode has one letter more.
                guard let letter = bytes[index...].dropFirst().first else { return .incomplete }
                return .ignored((0x40...0x7E).contains(letter) ? length + 1 : length)
            }
            if prefix == 0x3C, final == 0x4D || final == 0x6D {
                return .key(mouse(body.dropFirst(), isPress: final == 0x4D), length)
            }
            return .key(.unknown, length)
        }
        let numbers = body.split(separator: 0x3B, omittingEmptySubsequences: false).map(number)
        if final == 0x7E && numbers.first == 200 { return .pasteStart(length) }
        return .key(key(final, numbers), length)
    }

    /// A report of the mouse: button, column and row, from 1.
    private static func mouse(_ body: ArraySlice<UInt8>, isPress: Bool) -> Key {
        let numbers = body.split(separator: 0x3B, omittingEmptySubsequences: false).map(number)
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0, isPress else { return .unknown }
        let point = Point(column: numbers[1] - 1, row: numbers[2] - 1)
        // Shift, Alt and Ctrl make no difference.
        switch numbers[0] & ~0b1_1100 {
        case 0: return .mouse(MouseInput(.press, at: point))
        case 64: return .mouse(MouseInput(.wheelUp, at: point))
        case 65: return .mouse(MouseInput(.wheelDown, at: point))
        default: return .unknown
        }
    }

    private static func key(_ final: UInt8, _ numbers: [Int]) -> Key {
        let first = numbers.first ?? 0
        let modifier = max(0, (numbers.count > 1 ? numbers[1] : 1) - 1)
        switch final {
        case 0x7E where first == 27 && numbers.count >= 3: return codePoint(numbers[2], modifier)
        case 0x7E: return numbered(first).map { modified($0, by: modifier) } ?? .unknown
        // rxvt: Shift, Ctrl and both.
        case 0x24, 0x40: return numbered(first) ?? .unknown
        case 0x5E: return numbered(first).map { modified($0, by: 4) } ?? .unknown
        case 0x61...0x64: return arrows[Int(final - 0x61)]
        case 0x75: return codePoint(first, modifier)
        case 0x5A: return .backTab
        default: return letterKey(final).map { modified($0, by: modifier) } ?? .unknown
        }
    }

    private static let arrows: [Key] = [.up, .down, .right, .left]

    private static func letterKey(_ final: UInt8) -> Key? {
        switch final {
        case 0x41...0x44: arrows[Int(final - 0x41)]
        case 0x46: .end
        case 0x48: .home
        case 0x50...0x53: .function(Int(final) - 0x4F)
        default: nil
        }
    }

    private static func numbered(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...26: .function(number - 12)
        case 28...29: .function(number - 13)
        case 31...34: .function(number - 14)
        default: nil
        }
    }

    /// Kitty's CSI u and xterm's modifyOtherKeys: a code point with modifiers.
    private static func codePoint(_ value: Int, _ modifier: Int) -> Key {
        guard let code = UInt32(exactly: value), let scalar = Unicode.Scalar(code) else { return .unknown }
        let shift = modifier & 1 != 0
        let alternate = modifier & 2 != 0
        let control = modifier & 4 != 0
        switch code {
        case 13: return modifier == 0 ? .enter : .newline
        case 9: return shift ? .backTab : .tab
        case 27: return .escape
        case 8, 127: return alternate || control ? .control("w") : .backspace
        case 0x20...0x7E, 0xA0..<0xE000, 0xF900...:
            let character = Character(scalar)
            if control { return .control(lowercase(character)) }
            return alternate ? .alternate(character) : .character(character)
        default: return .unknown
        }
    }

    private static func lowercase(_ character: Character) -> Character { character.lowercased().first ?? character }

    /// Ctrl (4) or Alt (2) make word steps of the arrows; other keys stay as they are.
    private static func modified(_ key: Key, by modifier: Int) -> Key {
        guard modifier & 6 != 0 else { return key }
        switch key {
        case .left: return .wordLeft
        case .right: return .wordRight
        default: return key
        }
    }

    /// A decimal number, up to a colon; absurd ones are 0.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return digit == 0x3A ? value : 0 }
            value = value * 10 + Int(digit - 0x30)
            if value > 0x10FFFF { return 0 }
        }
        return value
    }
}
