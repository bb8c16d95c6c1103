import Compute

/// The seeded generator of every test: the product's own, so that there is one.
public typealias TestRandom = SeededRandom

extension SeededRandom {
    /// One of the elements, of which there is at least one.
    public mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }
}
