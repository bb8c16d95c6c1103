import CKernels

/// What a machine can do at most with a team of threads: multiply-adds of bytes out of registers, and reading memory
/// from end to end. The best of several short samples, so that what other programs take counts as little as possible.
public struct MachineLimits: Sendable, Equatable {
    /// Multiply-adds of 8-bit integers a second.
    public var multiplyAdds: Double
    /// Bytes a second that are read out of a stretch of memory far larger than the caches.
    public var readBytes: Double

    /// The instructions that the multiply-adds were done with.
    public static var instructions: String { String(cString: spa_int8_name()) }

    /// Limits as given.
    public init(multiplyAdds: Double, readBytes: Double) {
        self.multiplyAdds = multiplyAdds
        self.readBytes = readBytes
    }

    /// The larger of each of two measurements.
    public func union(_ other: MachineLimits) -> MachineLimits {
        MachineLimits(
            multiplyAdds: max(multiplyAdds, other.multiplyAdds), readBytes: max(readBytes, other.readBytes))
    }

    /// Measures for about a quarter of a second, and first fills the memory to read; nil where there is none.
    /// - Parameter bytes: how much memory is read at a time.
    public static func measure(team: ThreadTeam, bytes: Int = 128 << 20) -> MachineLimits? {
        guard let speed = readingSpeed(team: team, bytes: bytes) else { return nil }
        return MachineLimits(multiplyAdds: multiplyAdds(team: team), readBytes: speed)
    }

    private static let samples = 16

    private static func multiplyAdds(team: ThreadTeam) -> Double {
        // The first sample says how many rounds last about 4 ms.
        var rounds: Int64 = 10_000
        var best = 0.0
        for sample in 0...samples {
            let (count, here) = (Int64(team.threads), rounds)
            let seconds = time {
                team.split(team.threads) { members in
                    for _ in members {
                        var result: Int32 = 0
                        _ = spa_int8_chains(here, &result)
                    }
                }
            }
            var result: Int32 = 0
            let each = Double(spa_int8_chains(1, &result))
            if sample == 0 {
                rounds = max(1, Int64(Double(rounds) * 0.004 / max(seconds, 1e-6)))
            } else {
                best = max(best, each * Double(here * count) / seconds)
            }
        }
        return best
    }

    private static func readingSpeed(team: ThreadTeam, bytes: Int) -> Double? {
        let share = max(256, bytes / team.threads / 256 * 256)
        let total = share * team.threads
        guard let memory = spa_allocate_huge(total) else { return nil }
        defer { spa_free_huge(memory, total) }
        nonisolated(unsafe) let base = memory
        // Each member fills what it reads: the pages exist, and near the one that uses them.
        team.split(team.threads) { members in
            for member in members {
                (base + member * share).initializeMemory(as: UInt8.self, repeating: 1, count: share)
            }
        }
        var best = 0.0
        for sample in 0..<samples {
            // Asking ahead helps where the machine's own guess is poor, and costs a little elsewhere.
            let ahead = sample % 2 == 0 ? 4096 : 0
            let seconds = time {
                team.split(team.threads) { members in
                    for member in members { _ = spa_read_memory(base + member * share, share, ahead) }
                }
            }
            best = max(best, Double(total) / seconds)
        }
        return best
    }

    private static func time(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let (seconds, attoseconds) = clock.measure(body).components
        return max(1e-9, Double(seconds) + Double(attoseconds) * 1e-18)
    }
}
