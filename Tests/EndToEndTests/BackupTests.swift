import LocalCluster
import FoundationEssentials
import TestSupport
import Testing

/// A backup of this machine's cluster, restored into another directory.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BackupTests {
    @Test func `the command line restores a backup into a new directory`() async throws {
        let folder = "/tmp/millrace-backup-\(UUID().uuidString.lowercased())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await Cluster.lend { old in
            let documents = Runtime.repository + "/demo/documents"
            try await old.run("submit", "--watch", documents).succeeded()
            let created = try await old.run("backup", "create", folder).succeeded()
            #expect(created.contains("is complete. Documents: 7"), "\(created)")
            try await old.run("backup", "verify", folder).succeeded()
            let refused = try await old.run("backup", "restore", folder)
            #expect(refused.exit == .code(1))
            #expect(refused.output.contains("is running. Stop it first"), "\(refused.output)")
            try await old.run("down").succeeded()
            try await Self.restore(folder)
        }
    }

    private static func restore(_ folder: String) async throws {
        try await Cluster.lend(prepare: { new in
            let restored = try await new.run("backup", "restore", folder).succeeded()
            #expect(restored.contains("The backup is restored. Documents: 7"), "\(restored)")
        }) { new in
            let answer = try await new.run(
                "search", "-k", "1", "what wind speed forces the dome to close?"
            ).succeeded()
            #expect(answer.hasPrefix("1. observatory-handbook.pdf"), "\(answer)")
            let audit = try await new.run("audit", "--all", "--blobs").succeeded()
            #expect(audit.contains("is in the store (14 of 14)"), "\(audit)")
            // Programs log in under their own names, and new documents are processed.
            let text = try new.write(["new.md": Array("# Weirs\n\nThe weir opens at dusk.".utf8)])
            try await new.run("submit", "--watch", text).succeeded()
            let found = try await new.run("search", "-k", "1", "when does the weir open?")
                .succeeded()
            #expect(found.hasPrefix("1. new.md"), "\(found)")
        }
    }
}
