import Crypto
import Domain
import Pipeline

/// Blob storage in memory, shared by all processes.
final class SimulatedDisk: @unchecked Sendable {
    // Unchecked: only the simulation's thread accesses it.
    fileprivate var files: [String: (bytes: [UInt8], at: Duration)] = [:]

    func read(_ path: String) -> [UInt8]? { files[path]?.bytes }
}

/// The blob store of one process.
struct SimulatedBlobs: BlobStore {
    let disk: SimulatedDisk
    let process: SimulatedProcess
    private var simulation: Simulation { process.simulation }

    init(_ disk: SimulatedDisk, _ process: SimulatedProcess) {
        self.disk = disk
        self.process = process
    }

    /// Always throws: uploads are simulated as a whole.
    func writer(for path: BlobPath) async throws(JobFailure) -> any BlobWriter {
        throw .permanent(.machine(.notEncodable), "the simulation does not stream blobs")
    }

    func put(_ bytes: [UInt8], at path: BlobPath) async throws(JobFailure) {
        try await process.pass()
        await simulation.sleep(simulation.duration(0.001...0.1))
        // A process that dies before the rename leaves no file.
        try await process.pass()
        disk.files[path.key] = (bytes, simulation.now)
        try await process.pass()
    }

    func read(_ path: BlobPath, bytesMax: Int) async throws(JobFailure) -> [UInt8] {
        try await process.pass()
        await simulation.sleep(simulation.duration(0.001...0.1))
        try await process.pass()
        guard let file = disk.files[path.key] else {
            throw .permanent(.storage(.blobMissing), "\(path) does not exist")
        }
        return file.bytes
    }

    /// Passes the blob's key as the file's path.
    func withLocalFile<R: Sendable>(
        _ path: BlobPath, _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        _ = try await read(path, bytesMax: .max)
        return try await body(path.key)
    }

    func delete(_ path: BlobPath) async throws(JobFailure) {
        try await process.pass()
        disk.files[path.key] = nil
    }

    func list(
        olderThan age: Duration?, after cursor: String?, limit: Int
    ) async throws(JobFailure) -> [BlobPath] {
        try await process.pass()
        let old = disk.files.filter { key, file in
            (age.map { simulation.now - file.at > $0 } ?? true) && key > cursor ?? ""
        }
        return old.keys.sorted().prefix(limit).compactMap { BlobPath("storage://\($0)") }
    }
}

/// Accepts each document's declared type. Reports the length and hash of its actual bytes.
struct SimulatedInspector: DocumentInspector {
    let disk: SimulatedDisk

    func inspect(
        path: String, filename: String, declaredMIME: String
    ) async throws(JobFailure) -> InspectedDocument {
        let bytes = disk.read(path) ?? []
        return InspectedDocument(
            byteCount: bytes.count, sha256: SHA256.hash(data: bytes).hexadecimal,
            mime: declaredMIME)
    }
}

/// A service that is slow, refuses calls, requests pauses and hangs.
struct ServiceFaults: Sendable {
    let process: SimulatedProcess
    let faults: Faults

    func call(_ seconds: ClosedRange<Double>) async throws(JobFailure) {
        let simulation = process.simulation
        try await process.pass()
        await simulation.sleep(simulation.duration(seconds))
        if simulation.chance(faults.hung) { await simulation.sleep(.seconds(7200)) }
        try await process.pass()
        if Task.isCancelled { throw .transient(.worker(.cancelled), "the call was cancelled") }
        if simulation.chance(faults.refused) {
            throw .transient(.provider(.error), "500", after: simulation.duration(0...60))
        }
        if simulation.chance(faults.paused) {
            throw .unavailable(.provider(.rateLimit), "429", for: simulation.duration(1...300))
        }
    }
}

/// Returns a different text each time, as real services do. Poison kills its process.
struct SimulatedParser: DocumentParser {
    let disk: SimulatedDisk
    let services: ServiceFaults
    let kind: @Sendable (String) -> Submission.Kind

    func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument {
        try await services.call(0.01...20)
        switch kind(source.path) {
        case .healthy:
            let text = String(decoding: disk.read(source.path) ?? [], as: UTF8.self)
            let version = services.process.simulation.random.next() % 1000
            return ParsedDocument(
                markdown: "# Version \(version)\n\n\(text)",
                report: ParseReport(parser: "simulated 1"))
        case .unreadable:
            throw .permanent(.document(.malformed), "the document is damaged")
        case .poison:
            services.process.kill()
            try await services.process.pass()
            throw .permanent(.worker(.cancelled), "the process is dead")
        }
    }
}

/// Returns a unit vector for each text, by its hash. Some responses violate a rule.
struct SimulatedEmbedder: Embedder {
    static let directions = 384
    let space = EmbeddingSpace(model: "simulated", version: "1", width: directions)
    let batchMax = 3
    let services: ServiceFaults

    func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        try await services.call(0.01...10)
        var vectors = texts.map { text in
            var vector = [Float](repeating: 0, count: EmbeddingSpace.storedWidth)
            vector[Self.fingerprint(of: text)] = 1
            return vector
        }
        if services.process.simulation.chance(services.faults.malformed) {
            switch services.process.simulation.random.next() % 4 {
            case 0: vectors.removeLast()
            case 1: vectors[0] = [1, 0, 0]
            case 2: vectors[0][0] = .nan
            default: vectors[0] = vectors[0].map { _ in 0 }
            }
        }
        return vectors
    }

    static func fingerprint(of text: String) -> Int {
        Int(text.utf8.reduce(5381) { ($0 &* 33) ^ UInt64($1) } % UInt64(directions))
    }

    static func fingerprint(of vector: [Float]) -> Int { vector.firstIndex(of: 1) ?? -1 }
}
