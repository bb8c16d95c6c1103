import Compute
import Foundation
import SPAEngine
import Testing

import Training

/// The numbers of an independent implementation in f64 (Fixtures/golden_side.json, case "mlp").
private struct Golden: Decodable {
    struct Parameter: Decodable {
        let k: Int
        let name: String
        let shape: [Int]
        let grad_norm: Double?
        let grad_first4: [Double]?
    }
    let u_norm: [Double]
    let u_first8_t4: [Double]
    let z_first8_t4: [Double]
    let loss: Double
    let gate_p_side: [Double]
    let params: [Parameter]

    static func load() throws -> Golden {
        let url = try #require(
            Bundle.module.url(forResource: "golden_side", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: url))["mlp"].unwrapped()
    }

    /// w = 0.2 sin(0.7 (i + 1) + k), plus 1 for norms.
    func matrix(_ index: Int) -> Matrix {
        let shape = params[index].shape
        let (rows, columns) = shape.count == 2 ? (shape[0], shape[1]) : (1, shape[0])
        let gain = params[index].name.hasSuffix(".w") ? 1.0 : 0
        let values = (0..<rows * columns).map {
            Float(0.2 * sin(0.7 * Double($0 + 1) + Double(params[index].k)) + gain)
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }
}

extension Optional {
    fileprivate func unwrapped() throws -> Wrapped { try #require(self) }
}

private let width = 576
private let positions = 5

private func close(_ value: Float, _ expected: Double, _ tolerance: Double = 2e-4) -> Bool {
    abs(Double(value) - expected) <= tolerance * max(1, abs(expected))
}

@Suite struct SideGoldenTests {
    private let golden: Golden
    let side: SideNetwork
    let taps: [Matrix]
    let rmsFinal: Matrix
    let team = ThreadTeam(threads: 1)

    init() throws {
        golden = try Golden.load()
        let sizes = SideConfiguration(taps: [1, 2, 3], width: 12, baseWidth: width)
        side = SideNetwork(configuration: sizes, parameters: golden.params.indices.dropLast(2).map(golden.matrix))
        taps = (0..<3).map { tap in
            Matrix(
                rows: positions, columns: width,
                values: (0..<positions * width).map {
                    Float(sin(0.01 * Double($0 % width + 1) * Double(tap + 1) + Double($0 / width)))
                })
        }
        rmsFinal = VectorMath.rms(
            Matrix(
                rows: positions, columns: width,
                values: (0..<positions * width).map {
                    Float(cos(0.02 * Double($0 % width + 1) + Double($0 / width)))
                }))
    }

    @Test func forwardMatches() {
        let u = side.forward(taps, team: team)
        for row in 0..<positions {
            let norm = u.row(row).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(close(Float(norm), golden.u_norm[row]))
        }
        for column in 0..<8 {
            #expect(close(u[4, column], golden.u_first8_t4[column]))
            #expect(close(u[4, column] + rmsFinal[4, column], golden.z_first8_t4[column]))
        }
    }

    @Test func oneRowAtATimeMatchesTheBatch() {
        let u = side.forward(taps, team: team)
        for row in 0..<positions {
            let single = side.forward(taps.map { $0.gather([row]) }, team: team)
            for column in 0..<width { #expect(abs(single[0, column] - u[row, column]) < 2e-5) }
        }
    }

    @Test func gradientsMatch() {
        let trace = side.trace(taps, team: team)
        let weights = Matrix(
            rows: positions, columns: width,
            values: (0..<positions * width).map {
                Float(cos(0.03 * Double($0 % width + 1) * Double($0 / width + 1)))
            })
        var loss = 0.0
        for index in 0..<positions * width {
            loss += 0.5 * Double(trace.output.values[index] + rmsFinal.values[index]) * Double(weights.values[index])
        }
        #expect(close(Float(loss), golden.loss, 1e-3))
        var outputGradient = weights
        VectorMath.scale(&outputGradient.values, by: 0.5)
        var gradients = SideNetwork.zeros(side.configuration)
        side.addGradients(of: outputGradient, trace: trace, taps: taps, to: &gradients, team: team)
        for (index, parameter) in golden.params.enumerated() {
            guard let norm = parameter.grad_norm, let first = parameter.grad_first4 else { continue }
            let gradient = gradients[index].values
            let found = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(found - norm) < 1e-3 * norm, "\(parameter.name): \(found), not \(norm)")
            for (value, expected) in zip(gradient, first) {
                #expect(abs(Double(value) - expected) < 1e-3 * max(norm / 10, abs(expected)), "\(parameter.name)")
            }
        }
    }

    @Test func linearGateMatches() {
        let count = golden.params.count
        let gate = LinearGate(weight: golden.matrix(count - 2), bias: golden.matrix(count - 1))
        for (found, expected) in zip(gate.sigma(rmsFinal, team: team), golden.gate_p_side) {
            #expect(close(found, expected))
        }
    }
}
