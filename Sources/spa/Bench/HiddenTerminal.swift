import Glibc
import Screen
import Terminal

/// A pseudo-terminal that nobody sees. What is drawn on it is read and thrown away on a thread of its own, so that
/// whoever draws never waits.
final class HiddenTerminal {
    let terminal: NcursesTerminal
    /// What is written to this descriptor, from any thread, is typed.
    let keyboard: Int32
    private let device: Int32
    private var reader = pthread_t()

    init(_ size: Size) throws(TerminalError) {
        var controller: Int32 = -1
        var device: Int32 = -1
        var window = winsize(ws_row: UInt16(size.rows), ws_col: UInt16(size.columns), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&controller, &device, nil, nil, &window) == 0 else { throw .system }
        self.device = device
        keyboard = controller
        terminal = try NcursesTerminal(input: device, output: device, type: "xterm-256color", asks: false)
        // A descriptor is no pointer; one more, so that it is never nil.
        pthread_create(
            &reader, nil,
            { argument in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let descriptor = Int32(Int(bitPattern: argument) - 1)
                while read(descriptor, &buffer, buffer.count) > 0 {}
                return nil
            }, UnsafeMutableRawPointer(bitPattern: Int(controller) + 1))
    }

    func close() {
        terminal.close()
        Glibc.close(device)
        pthread_join(reader, nil)
        Glibc.close(keyboard)
    }
}
