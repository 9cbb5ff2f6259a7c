import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster
import TestSupport
import Testing

/// A backup under load, and the cluster that is restored from it.
@Suite(.timeLimit(.minutes(5))) @MainActor struct MidLoadTests {
    @Test func `documents accepted before a backup under load are done after a restore`()
        async throws
    {
        let directory = "/tmp/millrace-midload-\(UUID().uuidString.lowercased())"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let server = try TestDatabase.serverURL()
        let backup = directory + "/backup"
        let accepted = try await TrialDatabase.withTemporary(on: server) { database in
            let old = try LoadedCluster(directory + "/old", database)
            defer { old.cluster.killAll() }
            try await old.startAll()
            try await old.spreadOverStages()
            let accepted = try await old.accepted()
            try await backUp(old, to: backup)
            // The old cluster continues for a while and is then removed.
            try await old.submit("late", count: 2)
            try await old.delete(accepted.filter { $0.key.hasPrefix("finished") }.map(\.value))
            return accepted
        }
        #expect(accepted.count == 19)
        try await TrialDatabase.withTemporary(on: server) { database in
            let new = try LoadedCluster(directory + "/new", database)
            defer { new.cluster.killAll() }
            let restored = try await new.cluster.backup("restore", backup)
            #expect(restored.exit == .code(0), "\(restored.output)")
            try await new.startAll()
            try await new.untilAllHaveEnded()
            try await new.expectDone(accepted)
            #expect(try await new.cluster.auditFindings() == nil)
        }
    }

    /// Takes a backup that is suspended between the database dump and the copy of the blobs. In the
    /// meantime documents of every stage are deleted, others are submitted, and the reconciler
    /// collects old blobs without a row. Uploads continue throughout.
    private func backUp(_ old: LoadedCluster, to folder: String) async throws {
        let cluster = old.cluster
        var isUploading = true
        let uploads = Task { try await old.upload { isUploading } }
        defer { isUploading = false }
        async let outcome = cluster.backup(
            "create", folder, as: "backup", failing: "stop after database dump")
        try await cluster.until("the database is dumped", within: .seconds(90)) {
            cluster.isStopped("backup")
        }
        let blobs = try await old.namedBlobs()
        try await old.submit("meanwhile", count: 3)
        let doomed = try await old.accepted().filter { $0.key.hasSuffix("-1.md") }
        #expect(doomed.count == 7)
        try await old.delete(Array(doomed.values))
        #expect(
            try await cluster.operate(["dead-letters", "purge", "--all"], as: "purge") == .code(0))
        try await old.collect(until: "orphan blobs are kept during a backup")
        #expect(old.storedBlobs().isSuperset(of: blobs))

        cluster.signal("backup", SIGCONT)
        let ended = try await outcome
        #expect(ended.exit == .code(0), "\(ended.output)")
        isUploading = false
        #expect(try await uploads.value > 1)
        // Without the hold the backup would lack these blobs: the collector deletes them now.
        try await old.collect(until: #""repair":"orphan_blobs""#)
        #expect(!old.storedBlobs().isSuperset(of: blobs))
        #expect(try await cluster.backup("verify", folder).exit == .code(0))
    }
}
