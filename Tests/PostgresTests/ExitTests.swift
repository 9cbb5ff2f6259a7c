import Glibc
import Postgres
import Testing

@Suite struct ExitTests {
    /// In a process of its own, because the limit cannot be raised again.
    @Test func `a pool whose thread cannot be started throws and does not end the program`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            let pool = PostgresPool(PostgresConfiguration(conninfo: ""))
            // Leaves no room for a thread's stack.
            var limit = rlimit(rlim_cur: 1, rlim_max: 1)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            do throws(PostgresError) {
                _ = try await pool.query(PostgresStatement("SELECT 1"))
            } catch {
                exit(error.kind == .connection ? 7 : 8)
            }
        }
    }

    /// Without `OpenSSL.isKeptUntilExit` the process ends by SIGSEGV.
    @Test func `a program keeps its exit code while a connection computes with OpenSSL`() async {
        await #expect(processExitsWith: .exitCode(3)) {
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
}

/// Derives a key as libpq does for SCRAM, with the libcrypto that libpq has loaded.
private func deriveKey() {
    typealias Digest = @convention(c) () -> OpaquePointer?
    typealias Derive =
        @convention(c) (
            UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, Int32, Int32, OpaquePointer?, Int32,
            UnsafeMutableRawPointer
        ) -> Int32
    guard let digest = dlsym(nil, "EVP_sha256"), let derive = dlsym(nil, "PKCS5_PBKDF2_HMAC")
    else { return }
    var key = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    _ = unsafeBitCast(derive, to: Derive.self)(
        "password", 8, "salt", 4, 10, unsafeBitCast(digest, to: Digest.self)(), 32, &key)
}
