import CKernels
import Glibc

// Sendable unchecked: appending is for one thread before the store is shared; afterwards it is only read.
/// Rows of half-precision numbers, appended once and read often: in memory while small, in a mapped and already
/// unlinked temporary file when large, so that training data need not fit into memory.
public final class HalfStore: @unchecked Sendable {
    /// The width of a row.
    public let columns: Int
    /// The rows that fit.
    public let capacity: Int
    /// The rows appended so far.
    public private(set) var rows = 0
    private let memory: UnsafeMutablePointer<UInt16>
    private let byteCount: Int

    /// Reserves room for `capacity` rows; nil where the system gives none.
    /// - Parameter mappedFrom: from this many bytes on, a file in the folder for temporary files backs the store.
    public init?(capacity: Int, columns: Int, mappedFrom: Int = 256 << 20) {
        self.columns = columns
        self.capacity = capacity
        byteCount = max(1, capacity * columns * 2)
        var descriptor: Int32 = -1
        if byteCount >= mappedFrom {
            let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
            var template = Array("\(folder)/spa-features-XXXXXX".utf8CString)
            descriptor = mkstemp(&template)
            guard descriptor >= 0 else { return nil }
            unlink(template)
            guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
                Glibc.close(descriptor)
                return nil
            }
        }
        let flags = descriptor >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS
        let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, descriptor, 0)
        if descriptor >= 0 { Glibc.close(descriptor) }
        guard let mapped, mapped != MAP_FAILED else { return nil }
        memory = mapped.assumingMemoryBound(to: UInt16.self)
    }

    deinit { munmap(memory, byteCount) }

    /// Appends rows of f32 numbers, rounded to half precision; a whole number of rows that still fits.
    public func append(_ values: [Float]) {
        precondition(values.count % columns == 0 && rows + values.count / columns <= capacity, "the store is full")
        values.withUnsafeBufferPointer { from in
            guard let from = from.baseAddress else { return }
            Kernels.best.table.pointee.to_half(memory + rows * columns, from, Int64(values.count))
        }
        rows += values.count / columns
    }

    /// The rows at `indices`, one after the other, restricted to some columns: [indices.count, columns.count].
    public func gather(_ indices: some Collection<Int>, columns range: Range<Int>) -> Matrix {
        precondition(range.upperBound <= columns && indices.allSatisfy { $0 >= 0 && $0 < rows }, "there is no such row")
        let values = [Float](unsafeUninitializedCapacity: indices.count * range.count) { to, count in
            guard var next = to.baseAddress else { return }
            for index in indices {
                Kernels.best.table.pointee.from_half(
                    next, memory + index * columns + range.lowerBound, Int64(range.count))
                next += range.count
            }
            count = indices.count * range.count
        }
        return Matrix(rows: indices.count, columns: range.count, values: values)
    }

    /// The row at `index`, restricted to some columns, into a row of `matrix`.
    public func read(_ index: Int, columns range: Range<Int>, into matrix: inout Matrix, row: Int) {
        read(index, range, &matrix, row) { to, from, count in
            Kernels.best.table.pointee.from_half(to, from, count)
        }
    }

    /// The same with dropout: which numbers become 0 depends on `key` alone, the others are scaled up.
    /// - Parameter share: of the numbers that become 0, below 1.
    public func read(
        _ index: Int, columns range: Range<Int>, into matrix: inout Matrix, row: Int, dropping share: Float, key: UInt32
    ) {
        read(index, range, &matrix, row) { to, from, count in
            Kernels.best.table.pointee.from_half_dropped(
                to, from, count, key, UInt32(Double(share) * 4_294_967_296), 1 / (1 - share))
        }
    }

    private func read(
        _ index: Int, _ range: Range<Int>, _ matrix: inout Matrix, _ row: Int,
        _ body: (UnsafeMutablePointer<Float>, UnsafePointer<UInt16>, Int64) -> Void
    ) {
        precondition(range.upperBound <= columns && index >= 0 && index < rows, "there is no such row")
        precondition(matrix.columns == range.count && row < matrix.rows, "the row does not fit")
        let start = row * range.count
        matrix.values.withUnsafeMutableBufferPointer { to in
            guard let to = to.baseAddress else { return }
            body(to + start, memory + index * columns + range.lowerBound, Int64(range.count))
        }
    }
}
