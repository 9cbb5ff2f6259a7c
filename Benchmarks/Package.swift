// swift-tools-version: 6.2
import PackageDescription

// Measures the programs of the parent package next to the limits of their servers. A
// separate package, because it runs the programs as an operator does, by their settings.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(
            name: "CLibPQ", path: "Sources/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CLibRdKafka", path: "Sources/CLibRdKafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CLibPQ", "CLibRdKafka",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], path: "Sources/bench"),
    ]
)
