import Evaluation
import Glibc
import Synchronization

/// Shows a run of the tables: one moving line on a terminal, a line for each piece of work elsewhere.
final class TablesDisplay: Sendable {
    private struct Shown {
        var line = ProgressLine()
        var work = ""
    }
    private let shown = Mutex(Shown())

    /// Shows where the run stands.
    func show(_ progress: TablesRun.Progress) {
        let left = progress.secondsLeft.map { ", \(Figures.time(seconds: $0)) left" } ?? ""
        let share = "\(Figures.text(100 * progress.fraction, 0)) %"
        shown.withLock { shown in
            if Standard.errorIsTerminal {
                shown.line.show("\(share)\(left) · \(progress.work)")
            } else {
                let work = progress.work.split(separator: ",").first.map(String.init) ?? progress.work
                guard work != shown.work else { return }
                shown.work = work
                Standard.error("\(Timestamp.now) \(share)\(left) · \(work)")
            }
        }
    }

    /// Leaves the terminal as it was.
    func end() { shown.withLock { $0.line.clear() } }
}
