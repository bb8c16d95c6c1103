import Dispatch
import Glibc
import Synchronization

/// A value that one thread leaves for another.
private final class Deposit<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
    let left = DispatchSemaphore(value: 0)
}

/// Runs something asynchronous to its end. For the main thread alone: threads of the pool must not block.
func runToEnd<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let deposit = Deposit<Value>()
    Task {
        let value = await body()
        deposit.value.withLock { $0 = value }
        deposit.left.signal()
    }
    while true {
        deposit.left.wait()
        if let value = deposit.value.withLock({ $0 }) { return value }
    }
}

/// Calls back on Ctrl-C as long as it lives; a second Ctrl-C, half a second later, ends the program as usual.
final class InterruptHandler {
    private let source: any DispatchSourceSignal

    init(_ action: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global(qos: .userInteractive))
        source.setEventHandler {
            action()
            // One press may arrive twice: from the terminal, and from a program around this one.
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(500)) { signal(SIGINT, SIG_DFL) }
        }
        source.resume()
    }

    deinit {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
