import SPAEngine

/// What the device must hold by method: the memory claim.
enum DeviceMemoryTable {
    /// - Parameters:
    ///   - parameters: trained parameters on the device.
    ///   - headBytes: the base's output head as its file has it.
    static func entry(_ method: Method, parameters: Int, headBytes: Int, width: Int) -> TablesResult.MemoryEntry {
        // The side methods choose the token on the device, so it holds the output head. LoRA and Adapter give activations back.
        let head = method.usesSideNetwork ? headBytes : 0
        // Trained matrices grow with the width, the standard side's own width with it; LoRA and Adapter with the blocks alike.
        let factor = Double(PaperNumbers.width) / Double(width)
        let scaled = Double(parameters) * (method.usesSideNetwork ? factor * factor : factor) * 2
        let paperHead = method.usesSideNetwork ? 32_000 * PaperNumbers.width * PaperNumbers.bytesPerNumber : 0
        return TablesResult.MemoryEntry(
            plugin: 2 * parameters, head: head, cache: 0, totalAtPaperScale: Int(scaled) + paperHead)
    }

    static func grid(_ result: TablesResult) -> Grid {
        func mebibytes(_ bytes: Int) -> String { Figures.text(Double(bytes) / 1_048_576, 1) }
        let systems: [ComparedSystem] = [.spa, .lst, .integration, .separation, .lora, .adapter]
        return Grid(
            title: "Device memory by method, MiB",
            columns: ["method", "plugin", "output head", "cache", "total", "at the paper's sizes"],
            rows: systems.compactMap { system in
                result.deviceMemory[system.rawValue].map {
                    [
                        system.title, mebibytes($0.plugin), mebibytes($0.head), mebibytes($0.cache),
                        mebibytes($0.total), mebibytes($0.totalAtPaperScale),
                    ]
                }
            },
            notes: [
                "The plugin in half precision, without the gate, which the cloud holds; the head as the model file has it. No "
                    + "method keeps anything of earlier positions on the device. At the paper's sizes (H = 4096, a vocabulary "
                    + "of 32,000, fp16) the trained parts are scaled up by their formulas."
            ])
    }
}
