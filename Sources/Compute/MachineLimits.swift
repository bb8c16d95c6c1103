import CKernels

/// What a machine can do at most with some threads: multiply-adds of bytes out of registers, and reading memory from end
/// to end. The best of several short samples, so that what other programs take counts as little as possible.
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
    public static func measure(threads: Int, bytes: Int = 128 << 20) -> MachineLimits? {
        let threads = max(1, threads)
        let share = max(256, bytes / threads / 256 * 256)
        guard let memory = spa_allocate_huge(share * threads) else { return nil }
        defer { spa_free_huge(memory, share * threads) }
        nonisolated(unsafe) let base = memory
        let rounds = roundsPerSample()
        var best = MachineLimits(multiplyAdds: 0, readBytes: 0)
        for turn in 0..<4 {
            // A new team each turn: one that other programs disturb works with fewer members for a while.
            let team = ThreadTeam(threads: threads)
            if turn == 0 {
                // Each member fills what it is to read, so that the pages are there, and near it.
                _ = seconds(team, threads) {
                    (base + $0 * share).initializeMemory(as: UInt8.self, repeating: 1, count: share)
                }
            }
            // Samples are short, as on a busy machine the threads seldom run side by side for long.
            for _ in 0..<16 {
                let duration = seconds(team, threads) { _ in _ = multiplyAdds(rounds: rounds) }
                best.multiplyAdds = max(
                    best.multiplyAdds, multiplyAdds(rounds: 1) * Double(rounds) * Double(threads) / duration)
            }
            for sample in 0..<4 {
                // Asking ahead helps where the machine's own guess is poor, and costs a little elsewhere.
                let ahead = sample % 2 == 0 ? 4096 : 0
                let duration = seconds(team, threads) { _ = spa_read_memory(base + $0 * share, share, ahead) }
                best.readBytes = max(best.readBytes, Double(share * threads) / duration)
            }
        }
        return best
    }

    /// How often the chains are to run for about a millisecond.
    private static func roundsPerSample() -> Int64 {
        let trial: Int64 = 10_000
        let seconds = time { _ = multiplyAdds(rounds: trial) }
        return max(1, Int64(Double(trial) * 0.001 / seconds))
    }

    /// Runs the chains and returns the number of multiply-adds.
    private static func multiplyAdds(rounds: Int64) -> Double {
        var result: Int32 = 0
        return Double(spa_int8_chains(rounds, &result))
    }

    /// The time for `parts` equal parts of a work, one for each member of a team where all take part.
    private static func seconds(_ team: ThreadTeam, _ parts: Int, _ work: (Int) -> Void) -> Double {
        time { team.split(parts) { $0.forEach(work) } }
    }

    private static func time(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        let (seconds, attoseconds) = clock.measure(body).components
        return max(1e-9, Double(seconds) + Double(attoseconds) * 1e-18)
    }
}
