import Glibc

/// The real base model, for the tests that need its vocabulary or weights; they are skipped where it is not installed.
public enum RealModel {
    /// `$SPA_MODEL`, else `SmolLM2-135M-Instruct.Q4_1.gguf` in `spa/models` of the user's data folder; nil when there
    /// is no such file.
    public static let path: String? = {
        let candidate: String
        if let given = variable("SPA_MODEL") {
            candidate = given
        } else if let data = variable("XDG_DATA_HOME") ?? variable("HOME").map({ $0 + "/.local/share" }) {
            candidate = data + "/spa/models/SmolLM2-135M-Instruct.Q4_1.gguf"
        } else {
            return nil
        }
        return access(candidate, R_OK) == 0 ? candidate : nil
    }()

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}
