import Glibc

/// Read-only bytes: a mapped file, or a copy in memory.
///
/// The mapping is private. Should another process shorten the file while it is mapped, touching the lost pages
/// ends this process by SIGBUS, as with any mapped file: model files are replaced by renaming, never rewritten in place.
final class FileBytes: @unchecked Sendable {
    // Invariant for Sendable: the memory is never written after `init` and is released in `deinit` alone.
    let base: UnsafeRawPointer
    let count: Int
    private let isMapped: Bool

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    init(mapping path: String) throws(GGUFError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, reason: systemReason()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotRead(path: path, reason: "it is not a regular file")
        }
        count = Int(status.st_size)
        guard count > 0 else { throw .cannotRead(path: path, reason: "it is empty; download it again") }
        guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
            throw .cannotRead(path: path, reason: systemReason())
        }
        base = UnsafeRawPointer(memory)
        isMapped = true
    }

    init(copying bytes: [UInt8]) {
        count = bytes.count
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        bytes.withUnsafeBytes {
            memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
        base = UnsafeRawPointer(memory)
        isMapped = false
    }

    deinit {
        let memory = UnsafeMutableRawPointer(mutating: base)
        if isMapped {
            munmap(memory, count)
        } else {
            memory.deallocate()
        }
    }

    /// Lets the system drop the pages of `range`, its last partial one excepted; they are read from the file again when touched.
    func discard(_ range: Range<Int>) {
        guard isMapped else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = range.lowerBound / page * page
        let end = range.upperBound / page * page
        guard start < end else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }
}

/// The system's words for the last error.
func systemReason() -> String {
    String(cString: strerror(errno))
}
