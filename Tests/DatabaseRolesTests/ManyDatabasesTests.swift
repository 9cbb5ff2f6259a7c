import LocalCluster
import FoundationEssentials
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ManyDatabasesTests {
    /// Roles belong to the server, but each database is migrated on its own.
    @Test(.timeLimit(.minutes(5)))
    func `several databases of a new server can be migrated concurrently`() async throws {
        try await Self.run(
            """
            for n in 1 2 3 4; do psql "$server" -c "CREATE DATABASE d$n"; done
            pids=
            for n in 1 2 3 4; do millrace migrate --url "${server%/*}/d$n" & pids="$pids $!"; done
            for pid in $pids; do wait $pid; done
            """)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an owner without superuser rights can migrate and create logins`() async throws {
        try await Self.run(
            """
            psql "$server" -c "CREATE ROLE landlord LOGIN CREATEROLE PASSWORD 'own'"
            psql "$server" -c 'CREATE DATABASE house OWNER landlord'
            psql "${server%/*}/house" -c 'CREATE EXTENSION vector'
            printf 'flusher moves own\\n' > "$folder/logins"
            for time in first second; do
                millrace migrate --url "postgresql://landlord:own@$place/house" \
                    --logins "$folder/logins"
            done
            test "$(psql "postgresql://moves:own@$place/house" -c "$count")" = 0
            """)
    }

    /// Follows the steps for administrators in docs/reference/database-roles.md.
    @Test(.timeLimit(.minutes(5)))
    func `an owner without CREATEROLE migrates if an administrator created the roles`()
        async throws
    {
        try await Self.run(
            """
            psql "$server" -c "CREATE ROLE tenant LOGIN PASSWORD 'own'"
            psql "$server" -c 'CREATE DATABASE flat OWNER tenant'
            psql "${server%/*}/flat" -c 'CREATE EXTENSION vector'
            url=postgresql://tenant:own@$place/flat
            if millrace migrate --url "$url"; then exit 1; fi
            for program in ingest_api parse_worker chunk_worker embed_worker flusher reconciler \
                operator; do
                psql "$server" -c "CREATE ROLE millrace_$program NOLOGIN"
            done
            millrace migrate --url "$url"
            printf 'flusher moves own\\n' > "$folder/logins"
            if millrace migrate --url "$url" --logins "$folder/logins" 2> "$folder/refusal"; then
                exit 1
            fi
            grep 'may not create logins' "$folder/refusal"
            psql "$server" -c "CREATE ROLE moves LOGIN PASSWORD 'own' IN ROLE millrace_flusher"
            test "$(psql "postgresql://moves:own@$place/flat" -c "$count")" = 0
            """)
    }

    /// Runs a shell script with a new server of its own.
    private static func run(_ script: String) async throws {
        // The server runs as another user, which must be able to enter this folder.
        let folder = "/var/tmp/millrace-many-\(UUID().uuidString.prefix(8).lowercased())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let preparation = """
            set -eu
            server=$MILLRACE_TEST_POSTGRES_URL folder=\(folder)
            place=${server%/*} place=${place#*@}
            count='SELECT count(state) FROM upload_pipeline.upload_jobs'
            psql() { "$MILLRACE_RUNTIME/postgres/bin/psql" -XqAt -v ON_ERROR_STOP=1 "$@"; }
            millrace() { "$MILLRACE" "$@"; }

            """
        let program = Runtime.program("millrace")
        let specification = ProcessSpecification(
            executable: program,
            arguments: [
                "with-postgres", "--directory", folder, "--",
                "sh", "-c", preparation + script + "\necho all is well",
            ],
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MILLRACE": program,
                "MILLRACE_RUNTIME": Runtime.path,
            ], log: folder + "/output")
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(specification).wait(seconds: 100)
        }
        let output = FileManager.default.contents(atPath: folder + "/output") ?? Data()
        let said = String(decoding: output, as: UTF8.self)
        #expect(exit == .code(0), "\(said)")
        #expect(said.hasSuffix("all is well\n"), "\(said)")
    }
}
