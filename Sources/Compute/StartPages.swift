import CKernels

/// The pages of the program and its libraries that starting needed once: symbols, relocations, initialisers.
public enum StartPages {
    /// Lets them leave memory, to be called before much is loaded. What is needed again comes back from the system's
    /// cache.
    public static func release() { spa_release_start_pages() }
}
