import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// 1 / (1 + exp(-x)).
enum Logistic {
    static func value(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
