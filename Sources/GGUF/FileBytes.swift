import Glibc

// Sendable unchecked: the memory is never written after `init`; it and the descriptor, which is read by position only, are
// released in `deinit` alone.
/// Read-only bytes: a mapped file, or a copy in memory.
///
/// The mapping is private. Should another process shorten the file while it is mapped, touching the lost pages
/// ends this process by SIGBUS, as with any mapped file: model files are replaced by renaming, never rewritten in place.
final class FileBytes: @unchecked Sendable {
    let base: UnsafeRawPointer
    let count: Int
    /// The mapped file; -1 for a copy in memory.
    private let descriptor: Int32

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    init(mapping path: String) throws(GGUFError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .cannotRead(path: path, reason: systemReason(advice: "check the name and its permissions"))
        }
        var isKept = false
        defer { if !isKept { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .cannotRead(path: path, reason: systemReason(advice: "check the name and its permissions"))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotRead(path: path, reason: "it is not a regular file")
        }
        count = Int(status.st_size)
        guard count > 0 else { throw .cannotRead(path: path, reason: "it is empty; download it again") }
        guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
            throw .cannotRead(path: path, reason: systemReason(advice: "check the name and its permissions"))
        }
        base = UnsafeRawPointer(memory)
        self.descriptor = descriptor
        isKept = true
    }

    init(copying bytes: [UInt8]) {
        count = bytes.count
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        bytes.withUnsafeBytes {
            memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
        base = UnsafeRawPointer(memory)
        descriptor = -1
    }

    deinit {
        let memory = UnsafeMutableRawPointer(mutating: base)
        if descriptor >= 0 {
            munmap(memory, count)
            close(descriptor)
        } else {
            memory.deallocate()
        }
    }

    /// The bytes of `range`, read into memory of their own: unlike the mapping's pages they do not stay resident.
    func withRead<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let mapped = UnsafeRawBufferPointer(rebasing: buffer[range])
        guard descriptor >= 0 else { return try body(mapped) }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 64)
        defer { copy.deallocate() }
        var done = 0
        while done < range.count {
            let read = pread(
                descriptor, copy.baseAddress?.advanced(by: done), range.count - done, range.lowerBound + done)
            if read < 0, errno == EINTR { continue }
            // The mapping reports a broken file as it always did.
            guard read > 0 else { return try body(mapped) }
            done += read
        }
        return try body(UnsafeRawBufferPointer(copy))
    }

    /// Lets the system drop the mapping's resident pages; they are read from the file again when touched.
    func discard() {
        guard descriptor >= 0 else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: base), count, MADV_DONTNEED)
    }
}

/// The system's words for the last error, and what to do.
func systemReason(advice: String) -> String {
    String(cString: strerror(errno)).lowercased() + "; " + advice
}
