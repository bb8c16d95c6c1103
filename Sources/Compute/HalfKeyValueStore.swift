import CKernels
import Glibc

/// The keys and values, in half precision, of every block, head and position that a decoder has read. Memory is touched
/// only as positions are written. Used by one thread at a time.
public final class HalfKeyValueStore {
    /// The number of positions that fit.
    public let capacity: Int
    private let memory: UnsafeMutableRawPointer
    private var scratchMemory: UnsafeMutableRawPointer?
    private var scratchBytes = 0

    init?(decoder: UnsafePointer<spa_decoder>, capacity: Int) {
        let chunk = Int(SPA_ATTENTION_CHUNK)
        self.capacity = (capacity + chunk - 1) / chunk * chunk
        let bytes = 2 * Int(spa_cache_halves(decoder, Int32(self.capacity)))
        guard let memory = calloc(1, max(1, bytes)) else { return nil }
        self.memory = memory
    }

    deinit {
        free(memory)
        scratchMemory?.deallocate()
    }

    var view: spa_cache {
        spa_cache(capacity: Int32(capacity), memory: memory.assumingMemoryBound(to: UInt16.self))
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
