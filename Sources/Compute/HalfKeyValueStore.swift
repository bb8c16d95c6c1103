import CKernels
import Glibc

/// The keys and values, in half precision, of every block, head and position of one text that a decoder has read. They lie
/// in pages of 64 positions, made as they are written; a fork shares the pages of its origin, and whoever writes to a shared
/// page first copies it. Used by one thread at a time; a fork may be used by another.
public final class HalfKeyValueStore {
    /// The number of positions that fit.
    public let capacity: Int
    private let decoder: Decoder
    private var pages: [Page] = []
    /// Where the pages lie, for the kernels.
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<UInt16>?>
    private var scratchMemory: UnsafeMutableRawPointer?
    private var scratchBytes = 0

    private static let pageLength = Int(SPA_ATTENTION_CHUNK)

    /// The keys and values of 64 positions. What has not been written is never looked at.
    private final class Page {
        let memory: UnsafeMutablePointer<UInt16>

        /// nil where the system has no memory.
        init?(halves: Int) {
            guard let memory = malloc(max(1, halves) * MemoryLayout<UInt16>.stride) else { return nil }
            self.memory = memory.bindMemory(to: UInt16.self, capacity: halves)
        }

        deinit { free(memory) }
    }

    init(decoder: Decoder, capacity: Int) {
        let count = (capacity + Self.pageLength - 1) / Self.pageLength
        self.decoder = decoder
        self.capacity = count * Self.pageLength
        pointers = .allocate(capacity: count)
        pointers.initialize(repeating: nil, count: count)
    }

    deinit {
        pointers.deallocate()
        scratchMemory?.deallocate()
    }

    /// Another text that begins with the first `count` positions of this one. Nothing is copied but a list of pages.
    public func fork(count: Int) -> HalfKeyValueStore {
        let copy = HalfKeyValueStore(decoder: decoder, capacity: capacity)
        copy.pages = Array(pages.prefix((count + Self.pageLength - 1) / Self.pageLength))
        for (index, page) in copy.pages.enumerated() { copy.pointers[index] = page.memory }
        return copy
    }

    /// Makes the pages of some positions this store's own, so that they can be written; those before have been written.
    /// - Returns: false where the system has no memory.
    func prepare(_ positions: Range<Int>) -> Bool {
        guard !positions.isEmpty else { return true }
        let first = positions.lowerBound / Self.pageLength
        for index in first...(positions.upperBound - 1) / Self.pageLength {
            if index < pages.count, isKnownUniquelyReferenced(&pages[index]) { continue }
            guard let page = Page(halves: decoder.pageHalves) else { return false }
            if index < pages.count {
                let written = min(max(0, positions.lowerBound - index * Self.pageLength), Self.pageLength)
                decoder.copyPage(from: pages[index].memory, to: page.memory, positions: written)
                pages[index] = page
            } else {
                pages.append(page)
            }
            pointers[index] = page.memory
        }
        return true
    }

    /// Memory for one pass, kept from pass to pass.
    func scratch(bytes: Int) -> UnsafeMutableRawPointer? {
        if bytes > scratchBytes {
            scratchMemory?.deallocate()
            scratchMemory = .allocate(byteCount: bytes, alignment: 64)
            scratchBytes = bytes
        }
        return scratchMemory
    }
}
