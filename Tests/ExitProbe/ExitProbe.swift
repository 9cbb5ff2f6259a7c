// exit-probe: ends in the ways that tests cannot cause in their own process.

import Concurrency
import Glibc
import Postgres

/// Its argument selects the way to end. The tests check the exit code.
@main enum ExitProbe {
    private struct Refused: Error {}

    static func main() async {
        switch CommandLine.arguments.dropFirst().first {
        case "refused-start": startRefusedThread()
        case "refused-run": await runOnRefusedThread()
        case "refused-pool": await queryOnRefusedThread()
        case "openssl": exitDuringOpenSSL()
        default: exit(64)
        }
    }

    /// Exits with code 7 if the refusal of a thread is an error of `start`.
    private static func startRefusedThread() -> Never {
        refuseThreads()
        do {
            try BlockingThread.start {}
        } catch {
            exit(7)
        }
        exit(0)
    }

    /// Exits with code 7 if `run` calls its fallback when a thread is refused.
    private static func runOnRefusedThread() async -> Never {
        refuseThreads()
        do {
            try await BlockingThread.run { () throws(Refused) -> Void in
                exit(0)
            } orElse: { _ throws(Refused) -> Void in
                throw Refused()
            }
        } catch {
            exit(7)
        }
        exit(0)
    }

    /// Exits with code 7 if a query fails when its pool's thread is refused.
    private static func queryOnRefusedThread() async -> Never {
        let pool = PostgresPool(PostgresConfiguration(conninfo: ""))
        refuseThreads()
        do throws(PostgresError) {
            _ = try await pool.query(PostgresStatement("SELECT 1"))
        } catch {
            exit(error.kind == .connection ? 7 : 8)
        }
        exit(0)
    }

    /// Root is exempt from the limit on processes. A limit on memory leaves no room for a stack. It
    /// cannot be raised again.
    private static func refuseThreads() {
        var limit = rlimit(rlim_cur: 1, rlim_max: 1)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }

    /// Exits with code 3 while another thread computes as a connection does.
    private static func exitDuringOpenSSL() -> Never {
        // Registered first, so it runs after a handler of OpenSSL, while the thread computes.
        atexit { usleep(100_000) }
        let pool = PostgresPool(PostgresConfiguration(conninfo: ""))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                while true { deriveKey() }
            }, nil)
        usleep(100_000)
        withExtendedLifetime(pool) { exit(3) }
    }
}

/// Derives a key as libpq does for SCRAM, with the libcrypto that libpq has loaded.
private func deriveKey() {
    typealias Digest = @convention(c) () -> OpaquePointer?
    typealias Derive =
        @convention(c) (
            UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, Int32, Int32, OpaquePointer?, Int32,
            UnsafeMutableRawPointer
        ) -> Int32
    // Without OpenSSL the test would prove nothing.
    guard let digest = dlsym(nil, "EVP_sha256"), let derive = dlsym(nil, "PKCS5_PBKDF2_HMAC")
    else { exit(69) }
    var key = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    _ = unsafeBitCast(derive, to: Derive.self)(
        "password", 8, "salt", 4, 10, unsafeBitCast(digest, to: Digest.self)(), 32, &key)
}
