import Compute
import SPAEngine

/// Cross-entropy on the answer tokens of some rows, by what is trained inside the base's blocks: every step reads its
/// rows anew and goes back through the whole base. Each row is one thread's work from beginning to end; the results do
/// not depend on the number of threads.
package struct BlockObjective<Part: DifferentiablePart>: Objective {
    let base: BaseModel
    let function: DifferentiableBase
    let data: BlockRows
    let heldOut: BlockRows?
    let loss: HeadLoss
    private var gradients: [TensorGradient]
    private var tasks: [RowTask] = []

    package init(
        base: BaseModel, function: DifferentiableBase, data: BlockRows, heldOut: BlockRows?, loss: HeadLoss,
        configuration: Part.Configuration
    ) {
        self.base = base
        self.function = function
        self.data = data
        self.heldOut = heldOut
        self.loss = loss
        gradients = TensorGradient.zeros(of: Part(zeros: configuration))
    }

    package var anchorCount: Int { 0 }

    package var heldOutBaseLosses: [Float] { heldOut?.baseLoss ?? [] }

    /// What a row costs is what is read of it.
    package func positions(rows: [Int], anchors: [Int]) -> Int {
        rows.reduce(0) { $0 + data.rows[$1].read.count }
    }

    package mutating func differentiate(
        _ part: Part, rows: [Int], anchors: [Int], key: UInt64
    ) throws -> (loss: Float, gradients: [TensorGradient]) {
        let weight = 1 / Float(max(1, rows.reduce(0) { $0 + data.rows[$1].positions.count }))
        while tasks.count < rows.count { tasks.append(RowTask(gradients: gradients)) }
        tasks.removeLast(tasks.count - rows.count)
        for (task, place) in balanced(rows).enumerated() {
            tasks[task].place = place
            tasks[task].row = data.rows[rows[place]]
        }
        let (function, loss) = (function, loss)
        base.team.update(&tasks) { _, task in task.run(function, part, loss, weight: weight) }
        // Sums in the order of the rows, whoever computed them.
        let done = tasks.sorted { $0.place < $1.place }
        if let error = done.lazy.compactMap(\.error).first { throw error }
        base.team.update(&gradients) { index, gradient in
            for (number, task) in done.enumerated() {
                let own = task.gradients[index].values.values
                if number == 0 {
                    VectorMath.copy(own, in: 0..<own.count, into: &gradient.values.values, at: 0)
                } else {
                    VectorMath.addScaled(&gradient.values.values, own, factor: 1)
                }
            }
            gradient.squares = VectorMath.sumOfSquares(gradient.values.values, in: 0..<gradient.values.values.count)
        }
        return (done.reduce(0) { $0 + $1.loss }, gradients)
    }

    /// Places of the rows in an order of which each thread's share is about as long as the others': long rows with
    /// short ones.
    private func balanced(_ rows: [Int]) -> [Int] {
        let lengths = rows.map { data.rows[$0].read.count }
        var left = rows.indices.sorted { (lengths[$0], $0) > (lengths[$1], $1) }
        var result: [Int] = []
        while !left.isEmpty {
            result.append(left.removeFirst())
            if let last = left.popLast() { result.append(last) }
        }
        return result
    }

    package func heldOutLosses(of part: Part) throws -> [Float] {
        var results = (heldOut?.rows ?? []).map { (row: $0, losses: [Float](), error: EngineError?.none) }
        let (function, base) = (function, base)
        base.team.update(&results) { _, result in
            do throws(EngineError) {
                let finals = try function.forward(Array(result.row.read), with: part, team: .caller)
                result.losses = FullVocabulary.losses(
                    finals.gather(result.row.positions), targets: result.row.targets, base: base)
            } catch {
                result.error = error
            }
        }
        if let error = results.lazy.compactMap(\.error).first { throw error }
        return results.flatMap(\.losses)
    }
}

/// Rows for what is trained inside the base's blocks.
package struct BlockRows: Sendable {
    /// The rows as tokens.
    package let rows: [EncodedRow]
    /// The base's loss at every answer position, row after row.
    package let baseLoss: [Float]

    package init(rows: [EncodedRow], baseLoss: [Float]) {
        self.rows = rows
        self.baseLoss = baseLoss
    }
}

/// One row's way through the base and back; the memory serves for every batch.
private struct RowTask: Sendable {
    /// The row's place in its batch.
    var place = 0
    var row = EncodedRow(tokens: [], positions: [])
    var gradients: [TensorGradient]
    /// The row's share of the batch's loss.
    var loss: Float = 0
    var error: EngineError?
    private var rows = HeadLoss.Rows()
    private var pass: DifferentiableBase.Pass? = DifferentiableBase.Pass()

    init(gradients: [TensorGradient]) { self.gradients = gradients }

    mutating func run<Part: DifferentiablePart>(
        _ function: DifferentiableBase, _ part: Part, _ head: HeadLoss, weight: Float
    ) {
        for index in gradients.indices { VectorMath.scale(&gradients[index].values.values, by: 0) }
        do throws(EngineError) {
            let finals = try function.forward(Array(row.read), with: part, keeping: &pass, team: .caller)
            let (targets, width) = (row.targets, finals.columns)
            rows.states = finals.gather(row.positions)
            rows.goals.reshape(rows: targets.count, columns: width)
            for (index, target) in targets.enumerated() { head.subset.read(target, into: &rows.goals, row: index) }
            rows.weights = targets.map { _ in weight }
            var ofStates = Matrix.empty
            head.run(&rows, gradient: &ofStates, team: .caller)
            loss = rows.losses.reduce(0, +) * weight
            var ofFinals = Matrix(rows: finals.rows, columns: width)
            for (index, position) in row.positions.enumerated() {
                VectorMath.copy(
                    ofStates.values, in: index * width..<(index + 1) * width, into: &ofFinals.values,
                    at: position * width)
            }
            if let pass {
                function.backward(pass, gradient: ofFinals, with: part, into: &gradients, team: .caller)
            }
            error = nil
        } catch {
            self.error = error
        }
    }
}
