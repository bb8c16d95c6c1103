/// A row-major matrix of 32-bit floats.
public struct Matrix: Sendable, Equatable {
    /// The number of rows.
    public private(set) var rows: Int
    /// The number of columns; a row is contiguous.
    public private(set) var columns: Int
    /// The numbers, row after row, `rows * columns` of them.
    public var values: [Float]

    /// A matrix filled with one number.
    public init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.rows = rows
        self.columns = columns
        values = [Float](repeating: value, count: rows * columns)
    }

    /// A matrix of given numbers, `rows * columns` of them, row after row.
    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(
            values.count == rows * columns,
            "a \(rows)x\(columns) matrix needs \(rows * columns) values, not \(values.count)")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// Gives the matrix another shape and keeps its memory; what it holds afterwards is anything.
    public mutating func reshape(rows: Int, columns: Int) {
        let count = rows * columns
        if values.count > count {
            values.removeLast(values.count - count)
        } else if values.count < count {
            values.append(contentsOf: repeatElement(0, count: count - values.count))
        }
        (self.rows, self.columns) = (rows, columns)
    }

    /// The number at a row and a column.
    public subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One row, [columns].
    public func row(_ index: Int) -> ArraySlice<Float> {
        values[index * columns..<(index + 1) * columns]
    }

    /// Replaces one row, [columns].
    public mutating func setRow(_ index: Int, _ row: some Collection<Float>) {
        precondition(row.count == columns, "a row has \(columns) numbers, not \(row.count)")
        values.replaceSubrange(index * columns..<(index + 1) * columns, with: row)
    }

    /// The rows at `indices`, in that order.
    public func gather(_ indices: some Collection<Int>) -> Matrix {
        var result: [Float] = []
        result.reserveCapacity(indices.count * columns)
        for index in indices { result += row(index) }
        return Matrix(rows: indices.count, columns: columns, values: result)
    }
}
