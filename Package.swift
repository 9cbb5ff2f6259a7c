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
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }

let migrations = [
    "0001_documents_and_jobs.sql", "0002_transitions.sql", "0003_chunks.sql", "0004_search.sql",
    "0005_providers.sql", "0006_roles.sql",
]

func module(_ name: String, at path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

// Targets in the order of the tree. Domain and Pipeline define what happens to a document and how a
// queue's worker runs; Stages do the work; Database, Messaging, Storage, Sandbox and Providers reach the
// outside world; Programs choose the parts.
let package = Package(
    name: "millrace",
    // One executable under the name of each program; see its Main.swift.
    products: [
        "millrace", "ingest-api", "parse-worker", "chunk-worker", "embed-worker", "flusher",
        "reconciler", "embedded-broker",
    ].map { .executable(name: $0, targets: ["Programs"]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        module("Domain", at: "Domain"),
        module("Pipeline", at: "Pipeline", ["Domain", logging, metrics, lifecycle]),
        module("Parsing", at: "Stages/2-Parsing", ["Domain", "Pipeline", crypto]),
        module("Chunker", at: "Stages/3-Chunking/Chunker", ["Domain", crypto]),
        .target(
            name: "Chunking", dependencies: ["Chunker", "Domain", "Pipeline", crypto],
            path: "Sources/Stages/3-Chunking/Chunking", swiftSettings: settings),
        module("Embedding", at: "Stages/4-Embedding", ["Domain", "Pipeline"]),
        .target(
            name: "Indexing", dependencies: ["Domain", "Pipeline", logging, lifecycle],
            path: "Sources/Stages/6-Searching/Indexing",
            // Arithmetic is too slow to test without optimisation.
            swiftSettings: settings + [.unsafeFlags(["-O"])]),
        module(
            "Flushing", at: "Stages/5-Flushing",
            ["Domain", "Indexing", "Pipeline", logging, lifecycle]),
        module(
            "Reconciling", at: "Reconciling",
            ["Domain", "Pipeline", logging, metrics, lifecycle]),
        module(
            "Routing", at: "Providers/Routing", ["Domain", "Pipeline", logging, metrics, lifecycle]),
        module(
            "Serving", at: "Serving",
            [
                "Domain", "Pipeline", crypto, hummingbird, logging, nio("NIOCore"),
                nio("NIOHTTP1"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]),
        .systemLibrary(
            name: "CLibPQ", path: "Sources/Database/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .target(name: "CEventLoop", path: "Sources/Database/CEventLoop"),
        module("FailPoints", at: "Concurrency/FailPoints"),
        module("Postgres", at: "Database/Postgres", ["CLibPQ", "CEventLoop", "FailPoints"]),
        .target(
            name: "JobStorePostgres",
            dependencies: ["Domain", "Indexing", "Pipeline", "Reconciling", "Postgres", crypto],
            path: "Sources/Database/JobStorePostgres",
            resources: [.embedInCode("SQL")], swiftSettings: settings),
        .target(
            name: "CataloguePostgres", dependencies: ["Domain", "Indexing", "Postgres", "Serving"],
            path: "Sources/Database/CataloguePostgres", resources: [.embedInCode("SQL")],
            swiftSettings: settings),
        .systemLibrary(
            name: "CLibRdKafka", path: "Sources/Messaging/CLibRdKafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]),
        .target(
            name: "CKafkaShim", dependencies: ["CLibRdKafka"],
            path: "Sources/Messaging/CKafkaShim"),
        module(
            "Kafka", at: "Messaging/Kafka",
            ["CKafkaShim", logging, nio("NIOCore"), nio("NIOPosix")]),
        module(
            "KafkaHints", at: "Messaging/KafkaHints",
            ["Domain", "FailPoints", "Pipeline", "Kafka", logging, metrics]),
        .systemLibrary(
            name: "CExpat", path: "Sources/Storage/CExpat", pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]),
        module(
            "BlobStores", at: "Storage/BlobStores",
            [
                "CExpat", "Domain", "FailPoints", "Pipeline", "ProviderHTTP", crypto, httpClient,
                nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"), nio("_NIOFileSystem"),
            ]),
        .target(
            name: "Backups",
            dependencies: [
                "BlobStores", "Domain", "LocalCluster", "FailPoints", "Migrations", "Pipeline",
                "Postgres", crypto, nio("NIOPosix"),
            ], path: "Sources/Storage/Backups", resources: [.embedInCode("SQL")],
            swiftSettings: settings),
        .executableTarget(
            name: "parse-sandbox", path: "Sources/Sandbox/parse-sandbox",
            cSettings: [
                .headerSearchPath("."), .headerSearchPath("formats"), .headerSearchPath("jail"),
                .headerSearchPath("office"), .headerSearchPath("pdf"), .headerSearchPath("text"),
                .define("_GNU_SOURCE"),
                .unsafeFlags([
                    "-std=gnu11", "-O2", "-Wall", "-Wextra", "-fstack-protector-strong",
                    "-I/usr/include/libxml2",
                ]),
            ],
            linkerSettings: [
                "xml2", "zip", "seccomp", "cmark-gfm", "cmark-gfm-extensions", "uchardet",
                "icuuc", "m", "dl",
            ].map { .linkedLibrary($0) }),
        .target(name: "CSpawn", path: "Sources/Sandbox/CSpawn"),
        module("Parsers", at: "Sandbox/Parsers", ["CSpawn", "Domain", "Pipeline", crypto]),
        .target(
            name: "CMiniLM", path: "Sources/Providers/CMiniLM",
            // Arithmetic is too slow to test without optimisation.
            cSettings: [.unsafeFlags(["-std=gnu11", "-O3", "-Wall", "-Wextra"])],
            linkerSettings: [.linkedLibrary("dl")]),
        module(
            "Embedders", at: "Providers/Embedders",
            ["CMiniLM", "Domain", "Pipeline", crypto, logging]),
        module(
            "ProviderHTTP", at: "Providers/ProviderHTTP",
            ["Domain", httpClient, nio("NIOCore"), nio("NIOHTTP1")]),
        module(
            "OpenAI", at: "Providers/OpenAI",
            [
                "Domain", "Pipeline", "ProviderHTTP", httpClient, logging, nio("NIOCore"),
                nio("NIOHTTP1"),
            ]),
        module(
            "LlamaParse", at: "Providers/LlamaParse",
            [
                "Domain", "Pipeline", "ProviderHTTP", httpClient, logging, nio("NIOCore"),
                nio("NIOHTTP1"), nio("_NIOFileSystem"),
            ]),
        module(
            "MockServices", at: "Providers/MockServices",
            [
                "Domain", "Embedders", "Pipeline", crypto, hummingbird, httpClient, logging,
                nio("NIOCore"), nio("NIOHTTP1"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        module("LocalCluster", at: "LocalCluster", ["CSpawn", "Domain"]),
        module(
            "ProgramFrame", at: "Programs/ProgramFrame",
            [
                logging, metrics, lifecycle, hummingbird,
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        module(
            "Wiring", at: "Programs/Wiring",
            [
                "BlobStores", "Domain", "Embedders", "OpenAI", "Pipeline", "ProgramFrame",
                "Postgres",
                "JobStorePostgres", "Kafka", "KafkaHints", "ProviderHTTP", "Routing", logging,
                lifecycle,
            ]),
        .executableTarget(
            name: "Programs",
            dependencies: [
                "CataloguePostgres", "Chunker", "Chunking", "CommandLineClient", "Domain",
                "Embedding", "Flushing", "Indexing", "JobStorePostgres", "Kafka", "LlamaParse",
                "ProgramFrame", "Parsers", "Parsing", "Pipeline", "ProviderHTTP", "Reconciling",
                "Routing", "Serving", "Wiring", argumentParser, hummingbird, lifecycle, logging,
                nio("NIOCore"),
            ], path: "Sources/Programs/Programs", swiftSettings: settings),
        .executableTarget(
            name: "mock-services",
            dependencies: ["MockServices", "ProgramFrame", hummingbird, logging],
            path: "Sources/Programs/mock-services", swiftSettings: settings),
        .target(
            name: "CommandLineClient",
            dependencies: [
                "Backups", "Domain", "LocalCluster", "JobStorePostgres", "Kafka", "KafkaHints",
                "Migrations", "ProgramFrame", "Pipeline", "Postgres", "Reconciling", "Wiring",
                argumentParser, httpClient, logging,
                nio("NIOCore"), nio("NIOHTTP1"), nio("_NIOFileSystem"),
            ], path: "Sources/Programs/CommandLineClient", swiftSettings: settings),
        .target(
            name: "Migrations", dependencies: ["Domain", "Postgres", crypto], path: "Migrations",
            exclude: ["schema.sql"],
            resources: migrations.map { .embedInCode($0) }, swiftSettings: settings),
        .target(
            name: "JobModel", dependencies: ["Domain"], path: "Tests/JobModel",
            swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: [
                "Domain", "JobStorePostgres", "Kafka", "Migrations", "Pipeline", "Postgres",
                logging,
            ], path: "Tests/TestSupport", exclude: ["s3_server.py"], swiftSettings: settings),
        .target(
            name: "TestCluster",
            dependencies: [
                "LocalCluster", "Migrations", "Postgres", nio("NIOCore"), nio("NIOPosix"),
            ],
            path: "Tools/TestCluster", swiftSettings: settings),
        .executableTarget(
            name: "crash-matrix", dependencies: ["LocalCluster", "TestCluster", argumentParser],
            path: "Tools/crash-matrix", swiftSettings: settings),
        .target(
            name: "ChaosTrials",
            dependencies: [
                "LocalCluster", "TestCluster", httpClient, nio("NIOCore"), nio("NIOHTTP1"),
            ], path: "Tools/ChaosTrials", swiftSettings: settings),
        .executableTarget(
            name: "chaos", dependencies: ["ChaosTrials", argumentParser], path: "Tools/chaos",
            swiftSettings: settings),
        .target(
            name: "Validation",
            dependencies: [
                "CataloguePostgres", "ChaosTrials", "Domain", "LocalCluster", "Indexing",
                "JobModel", "JobStorePostgres", "Pipeline", "Postgres", "TestCluster", crypto,
                httpClient,
                nio("NIOCore"), nio("NIOHTTP1"),
            ], path: "Tools/Validation", swiftSettings: settings),
        .executableTarget(
            name: "validate",
            dependencies: ["LocalCluster", "TestCluster", "Validation", argumentParser],
            path: "Tools/validate", swiftSettings: settings),
        tests("ValidationTests", ["TestCluster", "TestSupport", "Validation", "mock-services"]),
        .executableTarget(
            name: "load-worker",
            dependencies: [
                "Chunker", "Chunking", "Domain", "Embedding", "Flushing", "Indexing",
                "JobStorePostgres", "ProgramFrame", "Parsers", "Parsing", "Pipeline", "Wiring",
                lifecycle,
            ], path: "Tools/load-worker", swiftSettings: settings),
        tests("CrashMatrixTests", ["TestCluster", "TestSupport", "crash-matrix"]),
        .target(
            name: "Simulation",
            dependencies: [
                "Chunker", "Chunking", "Domain", "Embedding", "Flushing", "Indexing", "JobModel",
                "Parsing", "Pipeline", "Reconciling", crypto, logging,
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ], path: "Tools/Simulation", swiftSettings: settings),
        .executableTarget(
            name: "chunk-speed", dependencies: ["Chunker", argumentParser],
            path: "Tools/chunk-speed", swiftSettings: settings),
        .executableTarget(
            name: "simulate", dependencies: ["Chunker", "Simulation", argumentParser],
            path: "Tools/simulate", swiftSettings: settings),
        tests("SimulationTests", ["Chunker", "Simulation", "TestSupport"]),
        tests("DomainTests", ["Domain"]),
        .testTarget(
            name: "ProtocolModelTests", dependencies: ["Domain", "JobModel"],
            path: "Tests/ProtocolModelTests",
            // Hundreds of thousands of states take too long without optimisation.
            swiftSettings: settings + [.unsafeFlags(["-O"])]),
        .testTarget(
            name: "ChunkerTests", dependencies: ["Chunker", "Domain"], path: "Tests/ChunkerTests",
            exclude: ["Fixtures"], swiftSettings: settings),
        tests("MigrationsTests", ["LocalCluster", "Migrations", "Postgres", "TestSupport"]),
        tests(
            "DatabaseRolesTests",
            [
                "Backups", "CataloguePostgres", "CommandLineClient", "Domain", "LocalCluster",
                "JobStorePostgres", "Migrations", "Pipeline", "Postgres", "Reconciling", "Serving",
                "TestSupport",
            ]),
        tests(
            "CommandLineTests",
            [
                "Domain", "JobStorePostgres", "CommandLineClient", "Postgres", "TestSupport",
                argumentParser,
            ]),
        tests(
            "EndToEndTests",
            [
                "LocalCluster", "Postgres", "TestSupport", "mock-services", httpClient,
                nio("NIOCore"),
            ]),
        tests(
            "ServingTests",
            [
                "Backups", "BlobStores", "CataloguePostgres", "Domain", "Embedders", "Indexing",
                "JobStorePostgres", "LlamaParse", "MockServices", "Parsers", "Pipeline", "Postgres",
                "ProviderHTTP", "Serving", "TestSupport", crypto, hummingbird, httpClient, logging,
                nio("NIOCore"),
                nio("NIOHTTP1"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        .testTarget(
            name: "OperatingFilesTests",
            dependencies: ["Domain", "LocalCluster", "Migrations", "TestSupport"],
            path: "Tests/OperatingFilesTests", exclude: ["check_compose.py"],
            swiftSettings: settings),
        tests("TidyTests", ["Domain", "TestSupport"]),
        tests(
            "BackupsTests",
            [
                "Backups", "BlobStores", "Domain", "LocalCluster", "JobStorePostgres",
                "Migrations", "Pipeline", "Postgres", "ProviderHTTP", "Reconciling", "TestCluster",
                "TestSupport", crypto, httpClient, logging, nio("NIOCore"), nio("NIOHTTP1"),
            ]),
        tests("LocalClusterTests", ["LocalCluster", "TestSupport"]),
        tests("ParsersTests", ["Domain", "Parsers", "Pipeline", "TestSupport", "parse-sandbox"]),
        tests(
            "KafkaTests",
            ["CKafkaShim", "Kafka", "TestSupport", logging, nio("NIOCore")]),
        tests(
            "PipelineTests",
            [
                "Domain", "JobStorePostgres", "Kafka", "KafkaHints", "Pipeline", "TestSupport",
                lifecycle, logging,
            ]),
        tests(
            "StagesTests",
            [
                "BlobStores", "Chunker", "Chunking", "Domain", "Embedders", "Embedding",
                "Flushing", "Indexing", "JobStorePostgres", "Parsers", "Parsing", "Pipeline",
                "TestSupport", crypto,
            ]),
        .testTarget(
            name: "EmbeddersTests",
            dependencies: [
                "Domain", "Embedders", "Embedding", "Pipeline", "TestSupport", logging,
            ], path: "Tests/EmbeddersTests", exclude: ["Fixtures"], swiftSettings: settings),
        tests(
            "ProgramFrameTests",
            [
                "ProgramFrame", "TestSupport", hummingbird, httpClient, logging, nio("NIOHTTP1"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        tests(
            "BlobStoresTests",
            [
                "BlobStores", "Domain", "Pipeline", "ProviderHTTP", "TestSupport", crypto,
                hummingbird, httpClient, logging, nio("NIOCore"), nio("NIOHTTP1"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        tests(
            "ReconcilingTests",
            [
                "BlobStores", "Domain", "JobStorePostgres", "Pipeline", "Reconciling",
                "TestSupport", lifecycle, logging,
            ]),
        tests(
            "RoutingTests",
            ["Domain", "Embedders", "Pipeline", "Routing", "TestSupport", logging]),
        tests(
            "OpenAITests",
            [
                "Domain", "JobStorePostgres", "MockServices", "OpenAI", "Pipeline", "ProviderHTTP",
                "TestSupport", hummingbird, httpClient, logging, nio("NIOCore"), nio("NIOHTTP1"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        tests(
            "LlamaParseTests",
            [
                "Domain", "JobStorePostgres", "LlamaParse", "MockServices", "Pipeline",
                "ProviderHTTP", "TestSupport", hummingbird, logging,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        .testTarget(
            name: "IndexingTests",
            dependencies: [
                "CataloguePostgres", "Domain", "Indexing", "JobStorePostgres", "Postgres",
                "Serving", "TestSupport",
            ], path: "Tests/IndexingTests",
            // Tens of thousands of vectors take too long without optimisation.
            swiftSettings: settings + [.unsafeFlags(["-O"])]),
        tests("PostgresTests", ["Postgres", "TestCluster", "TestSupport"]),
        tests(
            "JobStorePostgresTests",
            [
                "Domain", "JobModel", "JobStorePostgres", "Pipeline", "Postgres", "Reconciling",
                "TestCluster", "TestSupport",
            ]),
    ]
)
