import ChatUI
import Glibc
import Manual
import TOMLKit

/// `config.toml`: settings by the names of their flags, with underscores, and `[keys]`, actions with their keys.
struct ConfigurationFile: Sendable, Equatable {
    /// The place, for messages.
    let path: String
    /// Values as a person would write them behind the flag, by key.
    let values: [String: String]
    /// Names of keys by names of actions.
    let keys: [String: [String]]

    /// A missing file has no values.
    /// - Throws: `CommandFailure.badConfiguration` with the line or the key.
    static func read(_ path: String) throws(CommandFailure) -> ConfigurationFile {
        guard Paths.exists(path) else { return ConfigurationFile(path: path, values: [:], keys: [:]) }
        return try ConfigurationFile(path: path, text: try Files.text(path))
    }

    private init(path: String, values: [String: String], keys: [String: [String]]) {
        self.path = path
        self.values = values
        self.keys = keys
    }

    /// Reads TOML.
    init(path: String, text: String) throws(CommandFailure) {
        if let line = TableHeaders.broken(in: text) {
            throw .badConfiguration(path: "\(path):\(line)", problem: "this is no TOML (a table has no name)")
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .badConfiguration(
                path: "\(path):\(error.source.begin.line)",
                problem: "this is no TOML (\(error.description.split(separator: "\n").first ?? ""))")
        } catch {
            throw .badConfiguration(path: path, problem: "this is no TOML")
        }
        var values: [String: String] = [:]
        let keys = try table["keys"].map { value throws(CommandFailure) in try Self.keys(value, path) } ?? [:]
        for key in table.keys where key != "keys" {
            let name = key.replacing("-", with: "_")
            guard Setting.allCases.contains(where: { $0.key == name }) else {
                let known = Setting.allCases.map(\.key).joined(separator: ", ")
                throw .badConfiguration(path: path, problem: "'\(key)' is no setting (\(known))")
            }
            guard let value = table[key], let text = Self.text(value) else {
                throw .badConfiguration(path: path, problem: "'\(key)' is neither text, a number, true nor false")
            }
            values[name] = text
        }
        self.init(path: path, values: values, keys: keys)
    }

    private static func keys(_ value: any TOMLValueConvertible, _ path: String) throws(CommandFailure) -> [String:
        [String]]
    {
        guard let table = value.table else {
            throw .badConfiguration(
                path: path, problem: "'keys' is no table, such as [keys] and network = \"F2\" below it")
        }
        var result: [String: [String]] = [:]
        for name in table.keys {
            let several = table[name]?.array.map { Array($0).map(\.string) }
            let names = several ?? [table[name]?.string]
            guard names.allSatisfy({ $0 != nil }) else {
                throw .badConfiguration(
                    path: path, problem: "'\(name)' in [keys] is neither a key, such as \"F2\", nor a list of keys")
            }
            // An empty text takes the action its keys.
            result[name] = names.compactMap(\.self).filter { !$0.isEmpty }
        }
        return result
    }

    private static func text(_ value: any TOMLValueConvertible) -> String? {
        if let text = value.string { return text }
        if let flag = value.bool { return flag ? "true" : "false" }
        if let number = value.int { return String(number) }
        return value.double.map { String($0) }
    }
}
