import CKernels

// Sendable unchecked: `handle` is never reassigned, and the C team accepts concurrent calls.
/// A fork-join team of threads for the products of one model.
///
/// Members spin between two runs for about 80 µs, then offer their core while they spin, and sleep after 2 ms. A run while
/// the team is busy (another thread, or a nested call) is carried out by the caller alone, as its only member.
public final class ThreadTeam: @unchecked Sendable {
    private let handle: OpaquePointer?
    /// The number of members, the caller included.
    public let threads: Int

    /// Starts `threads - 1` threads; where the system refuses, the team is the caller alone.
    public init(threads: Int) {
        handle = spa_team_create(Int32(clamping: max(1, threads)))
        self.threads = handle == nil ? 1 : max(1, threads)
    }

    deinit { spa_team_destroy(handle) }

    /// Runs `body` once for each of `members`, 0 being the caller, and returns when all have ended.
    public func run(_ body: (_ member: Int, _ members: Int) -> Void) {
        guard let handle, threads > 1 else {
            body(0, 1)
            return
        }
        withoutActuallyEscaping(body) { escapable in
            var box = Box(body: escapable)
            withUnsafeMutablePointer(to: &box) { pointer in
                spa_team_run(
                    handle,
                    { context, member, members in
                        context?.assumingMemoryBound(to: Box.self).pointee.body(Int(member), Int(members))
                    }, pointer)
            }
        }
    }

    /// Splits `0 ..< count` into one contiguous range a member, in multiples of `grain`; empty ranges are not called.
    public func split(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
        guard count > 0 else { return }
        let pieces = (count + grain - 1) / grain
        if pieces == 1 || threads == 1 {
            body(0..<count)
            return
        }
        run { member, members in
            let first = pieces * member / members * grain
            let last = min(count, pieces * (member + 1) / members * grain)
            if first < last { body(first..<last) }
        }
    }

    /// Runs one pass of a decoder.
    func decode(_ pass: inout spa_pass) {
        spa_decode(handle, &pass)
    }

    /// Runs one climb of a ladder.
    func climb(
        _ ladder: UnsafePointer<spa_ladder>, _ kernels: Kernels, _ taps: UnsafePointer<Float>?,
        _ u: UnsafeMutablePointer<Float>?, _ scratch: UnsafeMutablePointer<Float>?
    ) {
        spa_climb(handle, kernels.table, ladder, taps, u, scratch)
    }

    /// Runs the attention of one block of a pass.
    func attend(
        _ pass: inout spa_pass, block: Int32, _ queryKeyValue: UnsafeMutablePointer<Float>,
        _ attended: UnsafeMutablePointer<Float>
    ) {
        spa_attend(handle, &pass, block, queryKeyValue, attended)
    }

    private struct Box {
        let body: (Int, Int) -> Void
    }
}
