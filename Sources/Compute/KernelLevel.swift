import CKernels

/// A set of kernels: the machine's best is chosen at run time, others serve tests and benchmarks.
public enum KernelLevel: Sendable, CaseIterable {
    case portable
    case neon
    /// NEON with the dot products of ARMv8.2.
    case neonDot
    case avx2
    /// AVX2 with AVX-VNNI.
    case avxVNNI
    case avx512
    case avx512VNNI

    /// The levels that this machine runs.
    public static var available: [KernelLevel] { allCases.filter { Kernels($0) != nil } }

    var c: spa_level {
        switch self {
        case .portable: SPA_PORTABLE
        case .neon: SPA_NEON
        case .neonDot: SPA_NEON_DOT
        case .avx2: SPA_AVX2
        case .avxVNNI: SPA_AVX_VNNI
        case .avx512: SPA_AVX512
        case .avx512VNNI: SPA_AVX512_VNNI
        }
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
        guard let table = spa_kernels_at(level.c) else { return nil }
        self.table = table
    }
}
