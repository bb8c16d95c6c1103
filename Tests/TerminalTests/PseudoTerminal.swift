import Glibc

/// A terminal without a screen: what is written to it can be read here, keys are typed from here.
final class PseudoTerminal {
    let controller: Int32
    private(set) var device: Int32

    init?(columns: Int, rows: Int) {
        var controller: Int32 = -1
        var device: Int32 = -1
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&controller, &device, nil, nil, &size) == 0 else { return nil }
        self.controller = controller
        self.device = device
        _ = fcntl(controller, F_SETFL, O_NONBLOCK)
    }

    deinit {
        if device >= 0 { close(device) }
        close(controller)
    }

    func type(_ text: String) { type(bytes: Array(text.utf8)) }

    func type(bytes: [UInt8]) { _ = bytes.withUnsafeBytes { write(controller, $0.baseAddress, $0.count) } }

    /// Everything written since the last call.
    func output() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(controller, &buffer, buffer.count)
            guard count > 0 else { break }
            all += buffer.prefix(count)
        }
        return String(decoding: all, as: UTF8.self)
    }

    func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
    }

    var localModes: tcflag_t {
        var modes = termios()
        tcgetattr(device, &modes)
        return modes.c_lflag
    }
}
