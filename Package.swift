// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

/// One of this package's own Swift modules.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module; every test target may use `TestSupport`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"],
        resources: [.copy("Fixtures")], swiftSettings: settings)
}

let package = Package(
    name: "spa",
    products: [.executable(name: "spa", targets: ["spa"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(
            name: "CKernels",
            exclude: [
                "attention_kernels.inc", "float_kernels.inc", "packed_product.inc", "product_kernels.inc",
                "training_kernels.inc",
            ],
            linkerSettings: [.linkedLibrary("m")]),
        .target(
            name: "CTerminal",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        module("Compute", ["CKernels", "GGUF"]),
        module("GGUF"),
        module("English"),
        module("Tokenizer", ["GGUF"]),
        module("SPAEngine", ["Compute", "GGUF", "Tokenizer"]),
        module("Training", ["Compute", "English", "GGUF", "Tokenizer", "SPAEngine"]),
        module("Evaluation", ["Compute", "SPAEngine", "Tokenizer", "Training"]),
        module("Chat"),
        module("Store", ["Chat", .product(name: "GRDB", package: "GRDB.swift")]),
        module("Screen"),
        module("ChatUI", ["Chat", "English", "Screen", .product(name: "TOMLKit", package: "TOMLKit")]),
        module("Terminal", ["Screen", "CTerminal"]),
        module("Manual", ["ChatUI", "Screen", "SPAEngine"]),
        .executableTarget(
            name: "spa",
            dependencies: [
                "SPAEngine", "Training", "Evaluation", "Chat", "Store", "ChatUI", "Screen", "Terminal", "Manual",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["GGUF", "Compute"], path: "Tests/TestSupport",
            swiftSettings: settings),
        tests("ComputeTests", ["Compute", "CKernels", "GGUF"]),
        tests("GGUFTests", ["GGUF"]),
        tests("TokenizerTests", ["Tokenizer", "GGUF"]),
        tests("SPAEngineTests", ["SPAEngine", "Chat", "Compute", "GGUF", "Tokenizer"]),
        tests("TrainingTests", ["Training", "SPAEngine", "Compute", "GGUF"]),
        tests("EvaluationTests", ["Evaluation", "Training", "SPAEngine", "Tokenizer", "Compute"]),
        tests("ChatTests", ["Chat"]),
        tests("StoreTests", ["Store", "Chat", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("ScreenTests", ["Screen"]),
        tests("ChatUITests", ["ChatUI", "Chat", "Screen"]),
        tests("TerminalTests", ["Terminal", "Screen", "CTerminal"]),
        tests("ManualTests", ["Manual", "ChatUI", "Screen", "Training"]),
        tests("ScenarioTests", ["ChatUI", "Chat", "Screen", "Terminal"]),
        tests("RealModelTests", ["SPAEngine", "Tokenizer", "Training", "Evaluation", "GGUF", "Compute"]),
    ],
    cxxLanguageStandard: .cxx17
)
