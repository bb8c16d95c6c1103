/// Divides rows by their content, so that the same rows divide the same way in any order.
package enum Split {
    /// Holds a share of the rows out: those with the smallest hashes, none where fewer than ten rows are given.
    package static func holdOut(_ rows: [TrainingRow], share: Double) -> (
        learned: [TrainingRow], heldOut: [TrainingRow]
    ) {
        let count = rows.count < 10 ? 0 : Int((Double(rows.count) * share).rounded())
        guard count > 0 else { return (rows, []) }
        let out = Set(rows.indices.sorted { (rows[$0].hash, $0) < (rows[$1].hash, $1) }.prefix(count))
        return (rows.indices.filter { !out.contains($0) }.map { rows[$0] }, out.sorted().map { rows[$0] })
    }

    /// Folds for cross-fitting. Rows of one answer in several phrasings are spread over all folds, as the plugin will meet
    /// known answers to new phrasings; the rest goes by hash.
    /// - Returns: for each row its fold, 0 ..< count.
    package static func folds(_ rows: [TrainingRow], count: Int) -> [Int] {
        var result = [Int](repeating: 0, count: rows.count)
        let order = rows.indices.sorted {
            (rows[$0].answerHash, rows[$0].hash, $0) < (rows[$1].answerHash, rows[$1].hash, $1)
        }
        // Dealing along this order separates phrasings of one answer and keeps the folds equal.
        for (index, row) in order.enumerated() { result[row] = index % count }
        return result
    }
}
