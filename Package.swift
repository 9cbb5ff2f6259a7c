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
    "0001_create_documents_and_jobs.sql", "0002_enforce_transitions.sql",
    "0003_create_buffers_and_chunks.sql", "0004_grant_program_roles.sql",
    "0005_audit_by_time.sql", "0006_tell_the_oldest.sql",
    "0007_say_who_redrives.sql", "0008_account_for_providers.sql",
    "0009_budget_pages.sql", "0010_hear_from_parsers.sql", "0011_sketch_vectors.sql",
    "0012_speed_transitions.sql", "0013_measure_in_characters.sql", "0014_bound_costs.sql",
    "0015_claim_in_turns.sql", "0016_end_dead_claims.sql",
    "0017_require_errors.sql",
]

func module(_ name: String, at path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

// The way of a document: Domain and Pipeline say what and how, Stages do the work, Adapters reach
// the outside, Executables choose the parts.
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
        module("Parsing", at: "Stages/Parsing", ["Domain", "Pipeline", crypto]),
        module("Chunker", at: "Stages/Chunking/Chunker", ["Domain", crypto]),
        .target(
            name: "Chunking", dependencies: ["Chunker", "Domain", "Pipeline", crypto],
            path: "Sources/Stages/Chunking", exclude: ["Chunker"], swiftSettings: settings),
        module("Embedding", at: "Stages/Embedding", ["Domain", "Pipeline"]),
        .target(
            name: "Indexing", dependencies: ["Domain", "Pipeline", logging, lifecycle],
            path: "Sources/Indexing",
            // Arithmetic is too slow to test without optimisation.
            swiftSettings: settings + [.unsafeFlags(["-O"])]),
        module(
            "Flushing", at: "Stages/Flushing",
            ["Domain", "Indexing", "Pipeline", logging, lifecycle]),
        module(
            "Reconciling", at: "Reconciling",
            ["Domain", "Pipeline", logging, metrics, lifecycle]),
        module("Routing", at: "Routing", ["Domain", "Pipeline", logging, metrics, lifecycle]),
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
            name: "CLibPQ", path: "Sources/Adapters/CLibPQ", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]),
        .target(name: "CEventLoop", path: "Sources/Adapters/CEventLoop"),
        module("FailPoints", at: "Adapters/FailPoints"),
        module("Postgres", at: "Adapters/Postgres", ["CLibPQ", "CEventLoop", "FailPoints"]),
        .target(
            name: "JobStorePostgres",
            dependencies: ["Domain", "Indexing", "Pipeline", "Reconciling", "Postgres", crypto],
            path: "Sources/Adapters/JobStorePostgres",
            resources: [.embedInCode("SQL")], swiftSettings: settings),
        .target(
            name: "CataloguePostgres", dependencies: ["Domain", "Indexing", "Postgres", "Serving"],
            path: "Sources/Adapters/CataloguePostgres", resources: [.embedInCode("SQL")],
            swiftSettings: settings),
        .systemLibrary(
            name: "CLibRdKafka", path: "Sources/Adapters/CLibRdKafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]),
        .target(
            name: "CKafkaShim", dependencies: ["CLibRdKafka"],
            path: "Sources/Adapters/CKafkaShim"),
        module(
            "Kafka", at: "Adapters/Kafka",
            ["CKafkaShim", logging, nio("NIOCore"), nio("NIOPosix")]),
        module(
            "KafkaHints", at: "Adapters/KafkaHints",
            ["Domain", "FailPoints", "Pipeline", "Kafka", logging, metrics]),
        .systemLibrary(
            name: "CExpat", path: "Sources/Adapters/CExpat", pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]),
        module(
            "BlobStores", at: "Adapters/BlobStores",
            [
                "CExpat", "Domain", "FailPoints", "Pipeline", "ProviderHTTP", crypto, httpClient,
                nio("NIOCore"), nio("NIOHTTP1"), nio("NIOPosix"), nio("_NIOFileSystem"),
            ]),
        .target(
            name: "Backups",
            dependencies: [
                "BlobStores", "Domain", "EmbeddedCluster", "FailPoints", "Migrations", "Pipeline",
                "Postgres", crypto, nio("NIOPosix"),
            ], path: "Sources/Adapters/Backups", resources: [.embedInCode("SQL")],
            swiftSettings: settings),
        .executableTarget(
            name: "parse-sandbox", path: "Sources/Adapters/ParseSandbox",
            cSettings: [
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
        .target(name: "CSpawn", path: "Sources/Adapters/CSpawn"),
        module("Parsers", at: "Adapters/Parsers", ["CSpawn", "Domain", "Pipeline", crypto]),
        .target(
            name: "CMiniLM", path: "Sources/Adapters/CMiniLM",
            // Arithmetic is too slow to test without optimisation.
            cSettings: [.unsafeFlags(["-std=gnu11", "-O3", "-Wall", "-Wextra"])],
            linkerSettings: [.linkedLibrary("dl")]),
        module(
            "Embedders", at: "Adapters/Embedders",
            ["CMiniLM", "Domain", "Pipeline", crypto, logging]),
        module(
            "ProviderHTTP", at: "Adapters/ProviderHTTP",
            ["Domain", httpClient, nio("NIOCore"), nio("NIOHTTP1")]),
        module(
            "OpenAI", at: "Adapters/OpenAI",
            [
                "Domain", "Pipeline", "ProviderHTTP", httpClient, logging, nio("NIOCore"),
                nio("NIOHTTP1"),
            ]),
        module(
            "LlamaParse", at: "Adapters/LlamaParse",
            [
                "Domain", "Pipeline", "ProviderHTTP", httpClient, logging, nio("NIOCore"),
                nio("NIOHTTP1"), nio("_NIOFileSystem"),
            ]),
        module(
            "MockServices", at: "MockServices",
            [
                "Domain", "Embedders", "Pipeline", crypto, hummingbird, httpClient, logging,
                nio("NIOCore"), nio("NIOHTTP1"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        module("EmbeddedCluster", at: "Adapters/EmbeddedCluster", ["CSpawn"]),
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
                "BlobStores", "Domain", "Embedders", "OpenAI", "Pipeline", "Operations", "Postgres",
                "JobStorePostgres", "Kafka", "KafkaHints", "ProviderHTTP", "Routing", logging,
                lifecycle,
            ]),
        .executableTarget(
            name: "Programs",
            dependencies: [
                "CataloguePostgres", "Chunker", "Chunking", "CommandLineClient", "Domain",
                "Embedding", "Flushing", "Indexing", "JobStorePostgres", "Kafka", "LlamaParse",
                "Operations", "Parsers", "Parsing", "Pipeline", "ProviderHTTP", "Reconciling",
                "Routing", "Serving", "Wiring", argumentParser, hummingbird, lifecycle, logging,
                nio("NIOCore"),
            ], path: "Sources/Executables/Programs", swiftSettings: settings),
        .executableTarget(
            name: "mock-services",
            dependencies: ["MockServices", "Operations", hummingbird, logging],
            path: "Sources/Executables/mock-services", swiftSettings: settings),
        .target(
            name: "CommandLineClient",
            dependencies: [
                "Backups", "Domain", "EmbeddedCluster", "JobStorePostgres", "Kafka", "KafkaHints",
                "Migrations", "Operations", "Pipeline", "Postgres", "Reconciling", "Wiring",
                argumentParser, httpClient, logging,
                nio("NIOCore"), nio("NIOHTTP1"), nio("_NIOFileSystem"),
            ], path: "Sources/Executables/millrace", swiftSettings: settings),
        .target(
            name: "Migrations", dependencies: ["Domain", "Postgres", crypto], path: "Migrations",
            exclude: ["schema.sql"],
            resources: migrations.map { .embedInCode($0) }, swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: [
                "Domain", "JobStorePostgres", "Kafka", "Migrations", "Pipeline", "Postgres",
                logging,
            ], path: "Tests/TestSupport", exclude: ["s3_server.py"], swiftSettings: settings),
        .target(
            name: "TestCluster",
            dependencies: [
                "EmbeddedCluster", "Migrations", "Postgres", nio("NIOCore"), nio("NIOPosix"),
            ],
            path: "Tests/TestCluster", swiftSettings: settings),
        .executableTarget(
            name: "crash-matrix", dependencies: ["EmbeddedCluster", "TestCluster", argumentParser],
            path: "Tests/CrashMatrix", swiftSettings: settings),
        .target(
            name: "ChaosTrials",
            dependencies: [
                "EmbeddedCluster", "TestCluster", httpClient, nio("NIOCore"), nio("NIOHTTP1"),
            ], path: "Tests/ChaosTrials", swiftSettings: settings),
        .executableTarget(
            name: "chaos", dependencies: ["ChaosTrials", argumentParser], path: "Tests/Chaos",
            swiftSettings: settings),
        .target(
            name: "Validation",
            dependencies: [
                "CataloguePostgres", "ChaosTrials", "Domain", "EmbeddedCluster", "Indexing",
                "JobStorePostgres", "Pipeline", "Postgres", "TestCluster", crypto, httpClient,
                nio("NIOCore"), nio("NIOHTTP1"),
            ], path: "Tests/Validation", swiftSettings: settings),
        .executableTarget(
            name: "validate",
            dependencies: ["EmbeddedCluster", "TestCluster", "Validation", argumentParser],
            path: "Tests/Validate", swiftSettings: settings),
        tests("ValidationTests", ["TestCluster", "TestSupport", "Validation", "mock-services"]),
        .executableTarget(
            name: "load-worker",
            dependencies: [
                "Chunker", "Chunking", "Domain", "Embedding", "Flushing", "Indexing",
                "JobStorePostgres", "Operations", "Parsers", "Parsing", "Pipeline", "Wiring",
                lifecycle,
            ], path: "Tests/LoadWorker", swiftSettings: settings),
        tests("CrashMatrixTests", ["TestCluster", "TestSupport", "crash-matrix"]),
        .target(
            name: "Simulation",
            dependencies: [
                "Chunker", "Chunking", "Domain", "Embedding", "Flushing", "Indexing", "Parsing",
                "Pipeline", "Reconciling", crypto, logging,
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ], path: "Tests/Simulation", swiftSettings: settings),
        .executableTarget(
            name: "chunk-speed", dependencies: ["Chunker", argumentParser],
            path: "Tests/ChunkSpeed", swiftSettings: settings),
        .executableTarget(
            name: "simulate", dependencies: ["Chunker", "Simulation", argumentParser],
            path: "Tests/Simulate", swiftSettings: settings),
        tests("SimulationTests", ["Chunker", "Simulation", "TestSupport"]),
        tests("DomainTests", ["Domain"]),
        .testTarget(
            name: "ProtocolModelTests", dependencies: ["Domain"],
            path: "Tests/ProtocolModelTests",
            // Hundreds of thousands of states take too long without optimisation.
            swiftSettings: settings + [.unsafeFlags(["-O"])]),
        .testTarget(
            name: "ChunkerTests", dependencies: ["Chunker", "Domain"], path: "Tests/ChunkerTests",
            exclude: ["Fixtures"], swiftSettings: settings),
        tests("MigrationsTests", ["EmbeddedCluster", "Migrations", "Postgres", "TestSupport"]),
        tests(
            "DatabaseRolesTests",
            [
                "Backups", "CataloguePostgres", "CommandLineClient", "Domain", "EmbeddedCluster",
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
                "EmbeddedCluster", "Postgres", "TestSupport", "mock-services", httpClient,
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
            name: "OperatingFilesTests", dependencies: ["EmbeddedCluster", "TestSupport"],
            path: "Tests/OperatingFilesTests", exclude: ["check_compose.py"],
            swiftSettings: settings),
        tests(
            "BackupsTests",
            [
                "Backups", "BlobStores", "Domain", "EmbeddedCluster", "JobStorePostgres",
                "Migrations", "Pipeline", "Postgres", "ProviderHTTP", "Reconciling", "TestCluster",
                "TestSupport", crypto, httpClient, logging, nio("NIOCore"), nio("NIOHTTP1"),
            ]),
        tests("EmbeddedClusterTests", ["EmbeddedCluster", "TestSupport"]),
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
            "OperationsTests",
            [
                "Operations", "TestSupport", hummingbird, httpClient, logging, nio("NIOHTTP1"),
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
                "Domain", "JobStorePostgres", "Pipeline", "Postgres", "Reconciling", "TestCluster",
                "TestSupport",
            ]),
    ]
)
