import SPAEngine

/// What the device must hold by method: the memory claim.
enum DeviceMemoryTable {
    /// A plugin's method at the paper's sizes, its trained parts grown by their formulas: a standard side network with the
    /// square of the width, LoRA and Adapter with the width.
    static func atPaperScale(_ method: Method, _ plugin: Plugin, _ base: BaseModel) -> DeviceMemory {
        let growth = Double(PaperScale.width) / Double(base.configuration.width)
        let count = Double(plugin.part.parameterCount) * growth * (method.usesSideNetwork ? growth : 1)
        return DeviceMemory(
            method, trainedParameters: Int(count), width: PaperScale.width, vocabularySize: PaperScale.vocabularySize)
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
                "As this program holds it: a side network in half precision, LoRA and Adapter in f32, the head as the base "
                    + "packs it; the gate is the cloud's. No method keeps anything of earlier positions on the device. At the "
                    + "paper's sizes (H = 4096, L = 32, a vocabulary of 32,000, fp16) the trained parts are grown by their "
                    + "formulas."
            ])
    }
}
