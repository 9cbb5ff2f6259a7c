import Glibc

/// The OpenSSL that libpq has loaded.
enum OpenSSL {
    /// `OPENSSL_INIT_NO_ATEXIT` of openssl/crypto.h.
    private static let noCleanupAtExit: UInt64 = 0x0008_0000

    /// Keeps OpenSSL from freeing its state when the process exits.
    ///
    /// By default `exit` frees it while other threads still run. A connection that is being opened
    /// or closed at that time computes with OpenSSL, finds its locks freed, and the process ends by
    /// SIGSEGV instead of with its exit code. Must be evaluated before the first connection.
    /// False when libpq was built without OpenSSL and there is nothing to keep.
    /// Source: OPENSSL_init_crypto(3), `OPENSSL_INIT_NO_ATEXIT`.
    static let isKeptUntilExit: Bool = {
        typealias Initialize = @convention(c) (UInt64, UnsafeRawPointer?) -> Int32
        guard let function = dlsym(nil, "OPENSSL_init_crypto") else { return false }
        return unsafeBitCast(function, to: Initialize.self)(noCleanupAtExit, nil) == 1
    }()
}
