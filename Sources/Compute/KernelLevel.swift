import CKernels

/// A set of kernels: the machine's best is chosen at run time, others serve tests and benchmarks.
public enum KernelLevel: UInt32, Sendable, CaseIterable {
    case portable = 0
    case avx2 = 1
    case avx512 = 2

    /// The levels that this machine runs.
    public static var available: [KernelLevel] {
        allCases.filter { spa_kernels_at(spa_level(rawValue: $0.rawValue)) != nil }
    }
}

// Sendable unchecked: the table is a constant of the C target.
/// A table of C kernels.
package struct Kernels: @unchecked Sendable {
    package let table: UnsafePointer<spa_kernels>

    package static let best = Kernels(table: spa_kernels_best())

    package init(table: UnsafePointer<spa_kernels>) { self.table = table }

    /// The kernels of one level, or nil where the machine cannot run them.
    package init?(_ level: KernelLevel) {
        guard let table = spa_kernels_at(spa_level(rawValue: level.rawValue)) else { return nil }
        self.table = table
    }
}
