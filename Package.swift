// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

func module(_ name: String, at path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: settings)
}

/// A program: arguments, wiring, run. Its name is its folder's.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Sources/Executables/\(name)",
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

// The way of a document: Domain and Pipeline say what and how, Stages do the work, Adapters reach
// the outside, Executables choose the parts.
let package = Package(
    name: "millrace",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        module("Domain", at: "Domain"),
        module("Pipeline", at: "Pipeline", ["Domain", logging, metrics, lifecycle]),
        module("Parsing", at: "Stages/Parsing", ["Domain", "Pipeline", crypto]),
        module("Embedding", at: "Stages/Embedding", ["Domain", "Pipeline"]),
        module("Flushing", at: "Stages/Flushing", ["Domain", "Pipeline"]),
        module(
            "Reconciling", at: "Reconciling",
            ["Domain", "Pipeline", logging, metrics, lifecycle]),
        .systemLibrary(
            name: "CLibPQ", path: "Sources/Adapters/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .target(name: "CEventLoop", path: "Sources/Adapters/CEventLoop"),
        module("Postgres", at: "Adapters/Postgres", ["CLibPQ", "CEventLoop"]),
        .target(
            name: "JobStorePostgres",
            dependencies: ["Domain", "Pipeline", "Reconciling", "Postgres", crypto],
            path: "Sources/Adapters/JobStorePostgres",
            resources: [.embedInCode("SQL")], swiftSettings: settings),
        .systemLibrary(
            name: "CLibRdKafka", path: "Sources/Adapters/CLibRdKafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]),
        .target(
            name: "CKafkaShim", dependencies: ["CLibRdKafka"],
            path: "Sources/Adapters/CKafkaShim"),
        module("Kafka", at: "Adapters/Kafka", ["CKafkaShim", logging]),
        module(
            "KafkaHints", at: "Adapters/KafkaHints",
            ["Domain", "Pipeline", "Kafka", logging, metrics]),
        module(
            "BlobStores", at: "Adapters/BlobStores",
            ["Domain", "Pipeline", .product(name: "NIOPosix", package: "swift-nio")]),
        module(
            "Operations", at: "Adapters/Operations",
            [
                logging, metrics, lifecycle, hummingbird,
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        module(
            "Wiring", at: "Executables/Wiring",
            [
                "Domain", "Pipeline", "Operations", "Postgres", "JobStorePostgres", "Kafka",
                "KafkaHints", logging, lifecycle,
            ]),
        program("flusher", ["Flushing", "Operations", "Wiring"]),
        program("reconciler", ["BlobStores", "Operations", "Reconciling", "Wiring"]),
        .executableTarget(
            name: "embedded-broker", dependencies: ["Kafka", "Operations", logging, lifecycle],
            path: "Sources/Executables/embedded-broker", swiftSettings: settings,
            // librdkafka must find our bind() (CKafkaShim) before libc's.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic-symbol=bind"])]),
        .target(
            name: "Migrations", dependencies: ["Domain", "Postgres", crypto], path: "Migrations",
            exclude: ["schema.sql"],
            resources: [
                .embedInCode("0001_create_documents_and_jobs.sql"),
                .embedInCode("0002_enforce_transitions.sql"),
                .embedInCode("0003_create_buffers_and_chunks.sql"),
            ], swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Migrations", "Postgres"],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("DomainTests", ["Domain"]),
        // MigrationsTests
        tests(
            "JobStorePostgresTests",
            ["Domain", "JobStorePostgres", "Pipeline", "Postgres", "Reconciling", "TestSupport"]),
    ]
)
