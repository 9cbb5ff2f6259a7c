// swift-tools-version: 6.2
import PackageDescription

/// The products of other packages and the packages that contain them.
let products = [
    "ArgumentParser": "swift-argument-parser", "AsyncHTTPClient": "async-http-client",
    "CoreMetrics": "swift-metrics", "Crypto": "swift-crypto", "HTTPTypes": "swift-http-types",
    "Hummingbird": "hummingbird", "HummingbirdCore": "hummingbird",
    "HummingbirdTesting": "hummingbird", "Logging": "swift-log", "Metrics": "swift-metrics",
    "NIOCore": "swift-nio", "NIOHTTP1": "swift-nio", "NIOHTTPTypes": "swift-nio-extras",
    "NIOPosix": "swift-nio", "ServiceLifecycle": "swift-service-lifecycle",
    "ServiceLifecycleTestKit": "swift-service-lifecycle", "UnixSignals": "swift-service-lifecycle",
    "_NIOFileSystem": "swift-nio",
]

/// The migrations, which their module contains as text.
let migrations = [
    "0001_documents_and_jobs.sql", "0002_transitions.sql", "0003_chunks.sql", "0004_search.sql",
    "0005_providers.sql", "0006_roles.sql", "0007_words.sql",
    "0008_parse_reports.sql",
]

// Each target is one entry of the table below: its name, its folder, and the modules that it may
// import. `make test` fails when a target imports a module that its entry does not list. To add a
// target, add an entry at its place in the tree.
let package = Package(
    name: "millrace",
    // One executable for all programs, which selects the program by the name it is started under.
    // scripts/build and scripts/test link it under the other names.
    products: [.executable(name: "millrace", targets: ["Programs"])],
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
        // What happens to a document, and how a queue's worker runs
        module("Domain", "Sources/Domain"),
        module("Concurrency", "Sources/Concurrency/Concurrency", "ServiceLifecycle"),
        module("FailPoints", "Sources/Concurrency/FailPoints"),
        module(
            "Pipeline", "Sources/Pipeline", "Concurrency Domain Logging Metrics ServiceLifecycle"),

        // The way of a document
        module("Uploading", "Sources/Stages/1-Uploading", "Domain Logging Pipeline"),
        module("Parsing", "Sources/Stages/2-Parsing", "Crypto Domain Pipeline"),
        module("Chunker", "Sources/Stages/3-Chunking/Chunker", "Crypto Domain"),
        module("Chunking", "Sources/Stages/3-Chunking/Chunking", "Chunker Crypto Domain Pipeline"),
        module("Embedding", "Sources/Stages/4-Embedding", "Domain Pipeline"),
        module(
            "Flushing", "Sources/Stages/5-Flushing",
            "Concurrency Domain Indexing Logging Pipeline ServiceLifecycle"),
        module("Searching", "Sources/Stages/6-Searching/Searching", "Domain Pipeline"),
        module(
            "Indexing", "Sources/Stages/6-Searching/Indexing",
            "Concurrency Domain Logging Pipeline ServiceLifecycle", optimised: true),

        // What operators do, drift and repair, what clients can learn, and the HTTP interface
        module("Operating", "Sources/Operating", "Domain Pipeline Querying"),
        module(
            "Reconciling", "Sources/Reconciling",
            """
            Concurrency Domain Logging Metrics Operating Pipeline ServiceLifecycle
            """),
        module("Querying", "Sources/Querying", "Domain Pipeline"),
        module(
            "Serving", "Sources/Serving",
            """
            Concurrency Crypto Domain HTTPTypes Hummingbird HummingbirdCore Logging NIOCore
            NIOHTTP1 NIOHTTPTypes NIOPosix Operating Pipeline Querying Searching Uploading
            """),

        // Parsers and embedding models, and the choice between them
        module(
            "Routing", "Sources/Providers/Routing",
            "Concurrency Domain Logging Metrics Pipeline ServiceLifecycle"),
        module(
            "ProviderSetup", "Sources/Providers/ProviderSetup",
            "Logging Pipeline ProgramFrame Routing ServiceLifecycle"),
        module(
            "ProviderHTTP", "Sources/Providers/ProviderHTTP",
            "AsyncHTTPClient Domain NIOCore NIOHTTP1"),
        module(
            "OpenAI", "Sources/Providers/OpenAI",
            """
            AsyncHTTPClient Domain Logging NIOCore NIOHTTP1 Pipeline ProgramFrame ProviderHTTP
            ProviderSetup Routing ServiceLifecycle
            """),
        module(
            "LlamaParse", "Sources/Providers/LlamaParse",
            """
            AsyncHTTPClient Crypto Domain Logging NIOCore NIOHTTP1 Pipeline ProgramFrame
            ProviderHTTP ProviderSetup Routing _NIOFileSystem
            """),
        .target(
            name: "CLocalModels", path: "Sources/Providers/CLocalModels",
            cSettings: [
                .headerSearchPath("text"), .headerSearchPath("transformer"),
                .headerSearchPath("weights"),
                // Debug builds too: arithmetic is too slow for the tests without optimisation.
                .unsafeFlags(["-std=gnu11", "-O3", "-Wall", "-Wextra"]),
            ],
            linkerSettings: [.linkedLibrary("dl")]),
        module("Hashing", "Sources/Providers/Hashing", "CLocalModels Domain Pipeline"),
        module(
            "LocalModels", "Sources/Providers/LocalModels",
            "CLocalModels Crypto Domain Hashing Logging Pipeline ProgramFrame ProviderSetup"),
        module(
            "MockServices", "Sources/Providers/MockServices",
            """
            AsyncHTTPClient Crypto Domain Hashing HTTPTypes Hummingbird Logging NIOCore NIOHTTP1
            Pipeline
            """),

        // The outside world: database, messages, storage, the sandbox of the parsers, processes
        system("CLibPQ", "Sources/Database/CLibPQ", package: "libpq", apt: "libpq-dev"),
        .target(name: "CEventLoop", path: "Sources/Database/CEventLoop"),
        module("Postgres", "Sources/Database/Postgres", "CEventLoop CLibPQ Concurrency FailPoints"),
        module(
            "JobStorePostgres", "Sources/Database/JobStorePostgres",
            """
            Concurrency Crypto Domain Indexing Logging Operating Pipeline Postgres Reconciling
            """,
            embedding: ["SQL"]),
        module(
            "QueryPostgres", "Sources/Database/QueryPostgres", "Domain Pipeline Postgres Querying",
            embedding: ["SQL"]),
        module(
            "OperationsPostgres", "Sources/Database/OperationsPostgres",
            "Domain JobStorePostgres Operating Pipeline Postgres QueryPostgres Querying",
            embedding: ["SQL"]),
        module(
            "CataloguePostgres", "Sources/Database/CataloguePostgres",
            """
            Concurrency Domain Indexing Pipeline Postgres QueryPostgres Querying Searching
            Uploading
            """,
            embedding: ["SQL"]),
        module(
            "Migrations", "Migrations", "Crypto Domain Postgres",
            embedding: migrations, excluding: ["checksums.sha256", "schema.sql"]),
        system(
            "CLibRdKafka", "Sources/Messaging/CLibRdKafka", package: "rdkafka",
            apt: "librdkafka-dev"),
        .target(
            name: "CKafkaShim", dependencies: ["CLibRdKafka"],
            path: "Sources/Messaging/CKafkaShim"),
        module(
            "Kafka", "Sources/Messaging/Kafka", "CKafkaShim Concurrency Logging NIOCore NIOPosix"),
        module(
            "KafkaHints", "Sources/Messaging/KafkaHints",
            "Domain FailPoints Kafka Logging Metrics Pipeline"),
        system("CExpat", "Sources/Storage/CExpat", package: "expat", apt: "libexpat1-dev"),
        module(
            "BlobStores", "Sources/Storage/BlobStores",
            """
            AsyncHTTPClient CExpat Crypto Domain FailPoints NIOCore NIOHTTP1 NIOPosix Pipeline
            ProviderHTTP _NIOFileSystem
            """),
        module(
            "Backups", "Sources/Storage/Backups",
            """
            BlobStores Crypto Domain FailPoints LocalCluster Migrations NIOPosix Pipeline Postgres
            """, embedding: ["SQL"]),
        .executableTarget(
            name: "parse-sandbox", path: "Sources/Sandbox/parse-sandbox",
            exclude: ["html/parser/html_entities.inc"],
            cSettings: [
                .headerSearchPath("."), .headerSearchPath("archives"), .headerSearchPath("books"),
                .headerSearchPath("books/rtf"), .headerSearchPath("data"),
                .headerSearchPath("formats"), .headerSearchPath("html"),
                .headerSearchPath("html/parser"), .headerSearchPath("jail"),
                .headerSearchPath("layout"), .headerSearchPath("legacy/compound"),
                .headerSearchPath("legacy/doc"), .headerSearchPath("legacy/doc/properties"),
                .headerSearchPath("legacy/msg"), .headerSearchPath("legacy/ppt"),
                .headerSearchPath("legacy/xls"), .headerSearchPath("mail"),
                .headerSearchPath("markdown"), .headerSearchPath("numbers"),
                .headerSearchPath("ocr"), .headerSearchPath("ocr/images"),
                .headerSearchPath("office"), .headerSearchPath("office/characters"),
                .headerSearchPath("office/drawing"), .headerSearchPath("office/odf"),
                .headerSearchPath("office/slides"), .headerSearchPath("office/text"),
                .headerSearchPath("office/word"), .headerSearchPath("pdf"),
                .headerSearchPath("pdf/layout"), .headerSearchPath("pdf/read"),
                .headerSearchPath("pdf/tables"), .headerSearchPath("sheets"),
                .headerSearchPath("text"), .headerSearchPath("text/encoding"),
                .headerSearchPath("xml"), .headerSearchPath("xml/document"),
                .define("_GNU_SOURCE"),
                .unsafeFlags([
                    "-std=gnu11", "-O2", "-Wall", "-Wextra", "-fstack-protector-strong",
                    "-I/usr/include/libxml2",
                ]),
            ],
            linkerSettings: [
                "xml2", "zip", "z", "seccomp", "cmark-gfm", "cmark-gfm-extensions",
                "icuuc", "m", "dl",
            ].map { .linkedLibrary($0) }),
        .target(name: "CSpawn", path: "Sources/Sandbox/CSpawn"),
        module(
            "Parsers", "Sources/Sandbox/Parsers",
            "Concurrency Crypto CSpawn Domain Metrics Pipeline"),
        module("LocalCluster", "Sources/LocalCluster", "Concurrency Crypto CSpawn Domain"),

        // The programs, which choose the parts
        module(
            "ProgramFrame", "Sources/Programs/ProgramFrame",
            "CoreMetrics Hummingbird Logging Metrics ServiceLifecycle UnixSignals"),
        module(
            "Wiring", "Sources/Programs/Wiring",
            """
            BlobStores Concurrency Domain JobStorePostgres Kafka KafkaHints LlamaParse LocalModels
            Logging OpenAI Pipeline Postgres ProgramFrame ProviderHTTP ProviderSetup
            ServiceLifecycle
            """),
        module(
            "CommandLineClient", "Sources/Programs/CommandLineClient",
            """
            ArgumentParser AsyncHTTPClient Backups Domain Kafka KafkaHints LocalCluster Logging
            Migrations NIOCore NIOHTTP1 Operating Pipeline Postgres ProgramFrame Wiring
            _NIOFileSystem
            """),
        // The parse-worker starts parse-sandbox, which is therefore built with it.
        program(
            "Programs", "Sources/Programs/Programs",
            """
            ArgumentParser CataloguePostgres Chunker Chunking CommandLineClient Concurrency Domain
            Embedding Flushing Hummingbird Indexing JobStorePostgres Kafka Logging
            OperationsPostgres Parsers Parsing Pipeline Postgres ProgramFrame ProviderSetup
            Reconciling ServiceLifecycle Serving Uploading Wiring parse-sandbox
            """),
        program(
            "mock-services", "Sources/Programs/mock-services",
            "Hummingbird Logging MockServices ProgramFrame"),

        // Tools that run the programs as an operator does, or their code in a simulated cluster
        module(
            "TestCluster", "Tools/TestCluster",
            """
            BlobStores Concurrency JobStorePostgres LocalCluster Migrations NIOCore NIOPosix
            Operating Postgres
            """),
        module(
            "ChaosTrials", "Tools/ChaosTrials",
            "AsyncHTTPClient Domain LocalCluster NIOCore NIOHTTP1 TestCluster"),
        program("chaos", "Tools/chaos", "ArgumentParser ChaosTrials"),
        program("crash-matrix", "Tools/crash-matrix", "ArgumentParser LocalCluster TestCluster"),
        module(
            "Simulation", "Tools/Simulation",
            """
            Chunker Chunking Crypto Domain Embedding Flushing Indexing JobModel Logging Operating
            Parsing Pipeline Reconciling ServiceLifecycleTestKit
            """),
        program("simulate", "Tools/simulate", "ArgumentParser Chunker Simulation"),
        module(
            "Validation", "Tools/Validation",
            """
            AsyncHTTPClient CataloguePostgres ChaosTrials Crypto Domain Indexing JobModel
            JobStorePostgres LocalCluster NIOCore NIOHTTP1 Pipeline Postgres QueryPostgres
            TestCluster
            """),
        program("validate", "Tools/validate", "ArgumentParser LocalCluster TestCluster Validation"),
        program("failure-reference", "Tools/failure-reference", "Domain HTTPTypes Serving"),
        program("chunk-speed", "Tools/chunk-speed", "ArgumentParser Chunker"),
        program(
            "load-worker", "Tools/load-worker",
            """
            Chunker Chunking Domain Embedding Flushing Indexing JobStorePostgres Parsers Parsing
            Pipeline ProgramFrame ServiceLifecycle Wiring
            """),

        // Tests, in the order of what they test
        module("JobModel", "Tests/JobModel", "Domain"),
        module(
            "TestSupport", "Tests/TestSupport",
            "Domain Embedding Hashing JobStorePostgres Kafka Logging Migrations Pipeline Postgres",
            excluding: ["s3_server.py"]),
        program("exit-probe", "Tests/ExitProbe", "Concurrency Postgres"),
        tests("DomainTests", "Domain"),
        tests(
            "ConcurrencyTests",
            """
            Concurrency LocalCluster ServiceLifecycle ServiceLifecycleTestKit TestSupport exit-probe
            """),
        tests("FailureCatalogueTests", "Domain LocalCluster Parsers TestSupport failure-reference"),
        tests("ProtocolModelTests", "Domain JobModel", optimised: true),
        tests(
            "PipelineTests",
            """
            Domain JobStorePostgres Kafka KafkaHints Logging Pipeline ServiceLifecycle TestSupport
            """),
        tests("UploadingTests", "Domain Pipeline Uploading"),
        tests("ChunkerTests", "Chunker Domain", excluding: ["Fixtures"]),
        tests(
            "StagesTests",
            """
            BlobStores Chunker Chunking Crypto Domain Embedding Flushing Hashing Indexing
            JobStorePostgres Parsers Parsing Pipeline TestSupport
            """),
        tests("SearchingTests", "Domain Pipeline Searching"),
        tests(
            "IndexingTests",
            "CataloguePostgres Domain Indexing JobStorePostgres Postgres Searching TestSupport",
            optimised: true),
        tests(
            "ReconcilingTests",
            """
            BlobStores Domain JobStorePostgres Logging Operating Pipeline Reconciling
            ServiceLifecycle TestSupport
            """),
        tests(
            "ServingTests",
            """
            AsyncHTTPClient Backups BlobStores CataloguePostgres Crypto Domain Hashing HTTPTypes
            Hummingbird HummingbirdTesting Indexing JobStorePostgres LlamaParse Logging
            Migrations MockServices NIOCore NIOHTTP1 Operating OperationsPostgres Parsers Pipeline
            Postgres ProviderHTTP Querying Serving TestSupport Uploading
            """),
        tests("RoutingTests", "Domain Logging Pipeline Routing TestSupport"),
        tests(
            "OpenAITests",
            """
            AsyncHTTPClient Concurrency Domain Hummingbird HummingbirdTesting JobStorePostgres
            Logging MockServices NIOCore NIOHTTP1 OpenAI Operating OperationsPostgres Pipeline
            ProgramFrame ProviderHTTP TestSupport
            """),
        tests(
            "LlamaParseTests",
            """
            Crypto Domain HTTPTypes Hummingbird HummingbirdTesting JobStorePostgres LlamaParse
            Logging MockServices NIOCore Operating OperationsPostgres Pipeline ProviderHTTP
            TestSupport
            """),
        tests(
            "EmbeddersTests",
            """
            CLocalModels Domain Embedding Hashing LocalModels Logging Pipeline ProgramFrame
            ProviderSetup TestSupport
            """, excluding: ["Fixtures"]),
        tests("PostgresTests", "Domain LocalCluster Postgres TestCluster TestSupport exit-probe"),
        tests(
            "JobStorePostgresTests",
            """
            Concurrency Domain JobModel JobStorePostgres Operating OperationsPostgres Pipeline
            Postgres Reconciling TestCluster TestSupport
            """),
        tests(
            "OperatingTests",
            """
            Domain JobStorePostgres Operating OperationsPostgres Pipeline Postgres QueryPostgres
            Querying TestSupport
            """),
        tests("MigrationsTests", "LocalCluster Migrations Postgres TestSupport"),
        tests(
            "DatabaseRolesTests",
            """
            Backups CataloguePostgres Domain JobStorePostgres LocalCluster Migrations Operating
            OperationsPostgres Pipeline Postgres QueryPostgres Querying Reconciling Searching
            TestSupport Uploading
            """),
        tests("KafkaTests", "CKafkaShim Kafka Logging NIOCore TestSupport"),
        tests(
            "BlobStoresTests",
            """
            AsyncHTTPClient BlobStores Crypto Domain HTTPTypes Hummingbird HummingbirdTesting
            Logging NIOCore NIOHTTP1 Pipeline ProviderHTTP TestSupport
            """),
        tests(
            "BackupsTests",
            """
            AsyncHTTPClient Backups BlobStores Crypto Domain JobStorePostgres LocalCluster
            Migrations NIOCore NIOHTTP1 Operating Pipeline Postgres ProviderHTTP Reconciling
            TestCluster TestSupport
            """),
        tests(
            "ParsersTests", "Domain Parsers Pipeline TestSupport parse-sandbox",
            excluding: ["Fixtures"]),
        tests("LocalClusterTests", "LocalCluster TestSupport"),
        tests(
            "ProgramFrameTests",
            """
            AsyncHTTPClient CoreMetrics Hummingbird HummingbirdTesting Logging NIOHTTP1
            ProgramFrame TestSupport
            """),
        tests(
            "CommandLineTests",
            """
            ArgumentParser Backups CommandLineClient Domain JobStorePostgres LocalCluster Migrations
            Operating Pipeline Postgres ProgramFrame TestCluster TestSupport
            """),
        tests(
            "EndToEndTests",
            "AsyncHTTPClient LocalCluster NIOCore Postgres TestSupport mock-services"),
        tests("SimulationTests", "Chunker Simulation TestSupport"),
        tests("CrashMatrixTests", "TestCluster TestSupport crash-matrix"),
        tests("ValidationTests", "TestCluster TestSupport Validation mock-services"),
        tests(
            "OperatingFilesTests",
            "Domain LocalCluster Migrations ProgramFrame TestSupport",
            excluding: ["check_compose.py"]),
        tests("TidyTests", "Domain TestSupport"),
    ]
)

/// A library that only this package uses. `embedding` names files or folders to contain as text.
func module(
    _ name: String, _ path: String, _ imports: String = "", embedding: [String] = [],
    excluding: [String] = [], optimised: Bool = false
) -> Target {
    .target(
        name: name, dependencies: dependencies(imports), path: path, exclude: excluding,
        resources: embedding.map { .embedInCode($0) }, swiftSettings: settings(optimised))
}

func program(_ name: String, _ path: String, _ imports: String) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies(imports), path: path, swiftSettings: settings())
}

func tests(
    _ name: String, _ imports: String, excluding: [String] = [], optimised: Bool = false
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies(imports), path: "Tests/\(name)", exclude: excluding,
        swiftSettings: settings(optimised))
}

func system(_ name: String, _ path: String, package: String, apt: String) -> Target {
    .systemLibrary(name: name, path: path, pkgConfig: package, providers: [.apt([apt])])
}

/// The dependencies for a list of modules, separated by white space.
func dependencies(_ imports: String) -> [Target.Dependency] {
    imports.split(whereSeparator: \.isWhitespace).map(String.init).map { module in
        products[module].map { .product(name: module, package: $0) } ?? .byName(name: module)
    }
}

/// `optimised` optimises debug builds too, for arithmetic that is too slow for the tests otherwise.
func settings(_ optimised: Bool = false) -> [SwiftSetting] {
    let features = [
        "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
        "NonisolatedNonsendingByDefault",
    ]
    return features.map { .enableUpcomingFeature($0) } + (optimised ? [.unsafeFlags(["-O"])] : [])
}
