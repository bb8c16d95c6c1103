import Glibc

/// The present time as text. The system's own formatting: Foundation's brings in all calendars and time zones of the world,
/// four milliseconds and three megabytes at every start.
enum Timestamp {
    /// `2026-11-21T08:00:00Z`
    static var now: String { format("%Y-%m-%dT%H:%M:%SZ") }
    /// `2026-11-21`, in UTC.
    static var today: String { format("%Y-%m-%d") }

    /// `2026-11-21 09:00`, where this machine is, of a time in seconds since 1970.
    static func local(_ time: Double) -> String {
        var (seconds, parts) = (time_t(time.isFinite ? min(max(time, 0), 1e11) : 0), tm())
        return localtime_r(&seconds, &parts) == nil ? "" : text("%Y-%m-%d %H:%M", &parts)
    }

    private static func format(_ pattern: String) -> String {
        var (seconds, parts) = (time(nil), tm())
        return gmtime_r(&seconds, &parts) == nil ? "" : text(pattern, &parts)
    }

    private static func text(_ pattern: String, _ parts: inout tm) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            let count = strftime(text.baseAddress, text.count, pattern, &parts)
            return String(decoding: text[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
