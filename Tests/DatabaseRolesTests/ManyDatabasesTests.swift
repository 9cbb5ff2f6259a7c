import EmbeddedCluster
import FoundationEssentials
import TestSupport
import Testing

@Suite struct ManyDatabasesTests {
    /// Roles belong to the server, but each database is migrated for itself.
    @Test(.timeLimit(.minutes(2)))
    func `databases of a server that has no roles yet are migrated at once, with logins`()
        async throws
    {
        // The server runs as another user, who must be able to come here.
        let directory = "/var/tmp/millrace-many-\(UUID().uuidString.prefix(8).lowercased())"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let script = """
            set -eu
            place=${MILLRACE_TEST_POSTGRES_URL%/*}
            psql() { "$MILLRACE_RUNTIME/postgres/bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }
            for n in 1 2 3 4; do psql "$MILLRACE_TEST_POSTGRES_URL" -c "CREATE DATABASE d$n"; done
            printf 'flusher moves own\\n' > \(directory)/logins
            pids=
            for n in 1 2 3 4; do "$1" migrate --url "$place/d$n" & pids="$pids $!"; done
            for pid in $pids; do wait $pid; done
            for n in 1 2; do "$1" migrate --url "$place/d$n" --logins \(directory)/logins; done
            psql "postgresql://moves:own@${place#*@}/d4" \
                -c 'SELECT count(state) FROM upload_pipeline.upload_jobs'
            echo all is well
            """
        let log = directory + "/output"
        let specification = ProcessSpecification(
            executable: Runtime.program("millrace"),
            arguments: [
                "with-postgres", "--directory", directory, "--", "sh", "-c", script, "sh",
                Runtime.program("millrace"),
            ],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MILLRACE_RUNTIME": Runtime.path,
            ],
            log: log)
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(specification).wait(seconds: 100)
        }
        let output = FileManager.default.contents(atPath: log) ?? Data()
        let said = String(decoding: output, as: UTF8.self)
        #expect(exit == .code(0), "\(said)")
        #expect(said.contains("flusher may log in as moves."), "\(said)")
        #expect(said.hasSuffix("0\nall is well\n"), "\(said)")
    }
}
