import ChatUI
import Foundation
import Screen
import Testing

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
private let scripts = fixtures.appending(path: "scripts")
private let frames = fixtures.appending(path: "frames")
private let rewrite = ProcessInfo.processInfo.environment["SPA_UPDATE_GOLDEN"] == "1"

/// The names of all scripts.
private let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: scripts.path)) ?? [])
    .filter { $0.hasSuffix(".script") }.map { String($0.dropLast(7)) }.sorted()

@Test func thereAreScripts() { #expect(names.count >= 10) }

/// Keys and engine events in, frames out: `Fixtures/scripts/NAME.script` against `Fixtures/frames/NAME-WxH.txt`.
/// With SPA_UPDATE_GOLDEN=1 the frames are written anew; look at them before they are committed.
@Test(arguments: names)
func scenario(_ name: String) throws {
    let text = try String(contentsOf: scripts.appending(path: "\(name).script"), encoding: .utf8)
    let script = try Script(name: name, text: text)
    #expect(!script.sizes.isEmpty)
    for size in script.sizes {
        let actual = try script.run(in: size).map(describe).joined(separator: "\n")
        let file = frames.appending(path: "\(name)-\(size.columns)x\(size.rows).txt")
        if rewrite {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            continue
        }
        let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        if actual != expected {
            Issue.record("\(file.lastPathComponent) differs:\n\(differences(actual, expected))\nNow:\n\(actual)")
        }
    }
}

/// A picture as text: name, effects, cursor, both planes, and the plane of attributes where there are any.
private func describe(_ picture: Script.Picture) -> String {
    let cursor = picture.frame.cursor.map { "\($0.column),\($0.row)" } ?? "hidden"
    let effects = picture.effects.filter(isShown).map { "effect \($0)\n" }.joined()
    let attributes = picture.frame.attributePlane()
    return "== \(picture.name) · cursor \(cursor)\n\(effects)\(picture.frame.textPlane())\n-- roles\n"
        + "\(picture.frame.stylePlane())\n" + (attributes.isEmpty ? "" : "-- attributes\n\(attributes)\n")
}

/// What is told to the store of every key and token, and what is remembered, is tested by itself.
private func isShown(_ effect: Effect) -> Bool {
    switch effect {
    case .store(.asked), .store(.token), .store(.started), .store(.ended), .store(.draft), .remember: false
    default: true
    }
}

/// The lines that differ, and under each the columns that do.
private func differences(_ actual: String, _ expected: String) -> String {
    let now = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let then = expected.split(separator: "\n", omittingEmptySubsequences: false)
    var lines: [String] = []
    for index in 0..<max(now.count, then.count) {
        let a = index < now.count ? Array(now[index]) : []
        let b = index < then.count ? Array(then[index]) : []
        guard a != b else { continue }
        let marks = (0..<max(a.count, b.count)).map { $0 < a.count && $0 < b.count && a[$0] == b[$0] ? " " : "^" }
        lines += ["line \(index + 1)", "  now  |\(String(a))|", "  then |\(String(b))|", "        \(marks.joined())"]
        if lines.count > 80 { return (lines + ["…"]).joined(separator: "\n") }
    }
    return lines.joined(separator: "\n")
}
