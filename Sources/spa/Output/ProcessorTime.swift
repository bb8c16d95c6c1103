import Glibc

/// What this thread has had of a core.
enum ProcessorTime {
    /// Milliseconds since the thread began.
    static var milliseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }
}
