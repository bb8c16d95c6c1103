extension ThreadTeam {
    /// Changes every element of an array in place, the elements divided among the members.
    public func update<Element>(_ elements: inout [Element], _ body: (Int, inout Element) -> Void) {
        elements.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            // Each element is touched by one member.
            nonisolated(unsafe) let elements = base
            split(buffer.count) { range in
                for index in range { body(index, &elements[index]) }
            }
        }
    }

    /// The caller alone: for what is already divided among the members of another team.
    public static let caller = ThreadTeam(threads: 1)
}
