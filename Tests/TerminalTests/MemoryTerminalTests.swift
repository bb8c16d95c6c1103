import Screen
import Terminal
import Testing

@Suite struct MemoryTerminalTests {
    @Test func playsItsScript() {
        let terminal = MemoryTerminal(size: Size(columns: 4, rows: 1))
        terminal.enqueue(keys: [.enter])
        terminal.enqueue([.resize(Size(columns: 5, rows: 2)), .hangUp])
        #expect(terminal.nextInput(timeoutMilliseconds: -1) == [.key(.enter)])
        #expect(terminal.nextInput(timeoutMilliseconds: -1).count == 2)
        #expect(terminal.size == Size(columns: 5, rows: 2))
        #expect(terminal.nextInput(timeoutMilliseconds: -1) == [])
        var frame = Frame(size: terminal.size)
        frame.write("hi", at: Point(column: 0, row: 0))
        terminal.present(frame)
        terminal.close()
        terminal.present(Frame(size: terminal.size))
        #expect(terminal.frame == frame && terminal.frames.count == 1 && terminal.isClosed)
    }
}
